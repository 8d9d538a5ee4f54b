import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import CLAMPS, PADDINGS, biases, codes, filters, outputs
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.depthwise_conv_2d import DepthwiseConv2D
from integer import Codes, Constant, Integer, assert_exact, bias32, weights8

CASES = [
    Case(DepthwiseConv2D(), [(1, 8, 8, 4), weights(1, 3, 3, 4), weights(4)]),
    Case(DepthwiseConv2D(stride_h=2, stride_w=2), [(2, 9, 8, 3), weights(1, 3, 3, 3), weights(3)]),
    Case(DepthwiseConv2D(depth_multiplier=2, padding=Padding.VALID), [(1, 7, 9, 3), weights(1, 3, 5, 6), weights(6)]),
    Case(
        DepthwiseConv2D(dilation_h_factor=2, fused_activation_function=FusedActivation.RELU6),
        [(1, 9, 9, 2), weights(1, 3, 3, 2), weights(2)],
    ),
    Case(DepthwiseConv2D(depth_multiplier=4), [(1, 6, 6, 1), weights(1, 3, 3, 4), weights(4)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, bias: str | None = "int32", filter_dtype: str = "int8") -> Integer:
    channels, multiplier = draw(st.sampled_from([(1, 1), (4, 1), (3, 2), (19, 1), (1, 12), (8, 2), (2, 8)]))
    window = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    stride = (1, 1) if dilation != (1, 1) else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    sizes = tuple((w - 1) * d + draw(st.integers(1, 6)) for w, d in zip(window, dilation, strict=True))
    op = DepthwiseConv2D(
        padding=draw(PADDINGS),
        stride_h=stride[0],
        stride_w=stride[1],
        depth_multiplier=multiplier,
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=draw(CLAMPS),
    )
    x = draw(codes((draw(st.integers(1, 2)), *sizes, channels), dtype))
    made = channels * multiplier
    per_channel = 3 if dtype != "uint8" and draw(st.booleans()) else None
    filter_ = draw(filters((1, *window, made), per_channel, filter_dtype))
    y = draw(outputs(window[0] * window[1], x, filter_))
    constants = [draw(biases(made, x, filter_, bias))] if bias else []
    return Integer(op, [x, filter_, *constants], y, version=3)


INTEGERS = [
    ("DEPTHWISE_CONV_2D-int8", integers("int8")),
    ("DEPTHWISE_CONV_2D-int8-int4", integers("int8", filter_dtype="int4")),
    ("DEPTHWISE_CONV_2D-uint8", integers("uint8", filter_dtype="uint8")),
    ("DEPTHWISE_CONV_2D-int16", integers("int16", "int64")),
    ("DEPTHWISE_CONV_2D-int16-no-bias", integers("int16", None)),
]


def test_a_filter_that_is_computed() -> None:
    x, w = Codes((1, 5, 5, 12), "int8", 0.02, 3), Codes((1, 3, 3, 12), "int8", 0.01)
    assert_exact(Integer(DepthwiseConv2D(), [x, w, bias32(12)], Codes((), "int8", 0.03, -5), version=3))


def test_a_filter_s_zero_point_counts_for_nothing() -> None:
    w = Constant(weights8(1, 3, 3, 5).array, 0.01, 7)
    x = Codes((1, 5, 5, 5), "int8", 0.02, 3)
    assert_exact(Integer(DepthwiseConv2D(), [x, w, bias32(5)], Codes((), "int8", 0.03, -5), version=3))


def test_channels_must_divide() -> None:
    case = Case(DepthwiseConv2D(), [(1, 5, 5, 4), weights(1, 3, 3, 6)])
    with pytest.raises(ModelError, match=r"makes 6 channels, input \[1, 5, 5, 4\] has 4; expected filter.shape\[3\] %"):
        case.model()


def test_filter_has_one_row_of_windows() -> None:
    with pytest.raises(ModelError, match=r"filter has shape \[4, 3, 3, 4\]; expected filter.shape\[0\] == 1"):
        Case(DepthwiseConv2D(), [(1, 5, 5, 4), weights(4, 3, 3, 4)]).model()


def test_bias_has_one_number_a_channel() -> None:
    with pytest.raises(ModelError, match=r"bias has shape \[3\], the filter makes 4 channels; expected 4 numbers"):
        Case(DepthwiseConv2D(), [(1, 5, 5, 4), weights(1, 3, 3, 4), weights(3)]).model()


def test_stride_of_zero() -> None:
    with pytest.raises(ModelError, match="stride_w is 0; expected stride_w >= 1") as caught:
        Case(DepthwiseConv2D(stride_w=0), [(1, 5, 5, 4), weights(1, 3, 3, 4)]).model()
    assert caught.value.code == "E207"


def test_input_without_channels() -> None:
    with pytest.raises(ModelError, match="has 0"):
        Case(DepthwiseConv2D(), [Input((1, 5, 5, 0)), np.zeros((1, 3, 3, 4), DType.FLOAT32.numpy)]).model()


def test_tanh_is_left_in_float() -> None:
    assert DepthwiseConv2D(fused_activation_function=FusedActivation.TANH).unfit() == "fused TANH"
    assert DepthwiseConv2D(fused_activation_function=FusedActivation.RELU_N1_TO_1).unfit() is None
