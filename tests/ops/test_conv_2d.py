import pytest
from hypothesis import strategies as st

from case import Case, weights
from drawn import CLAMPS, PADDINGS, biases, codes, filters, outputs
from intact.errors import ModelError
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.conv_2d import Conv2D
from integer import Codes, Integer, assert_exact, bias32, weights8

CASES = [
    Case(Conv2D(), [(1, 8, 8, 3), weights(4, 3, 3, 3), weights(4)]),
    Case(Conv2D(stride_h=2, stride_w=2), [(2, 9, 8, 3), weights(4, 3, 3, 3), weights(4)]),
    Case(Conv2D(padding=Padding.VALID, dilation_h_factor=2), [(1, 9, 9, 2), weights(3, 3, 3, 2), weights(3)]),
    Case(Conv2D(fused_activation_function=FusedActivation.RELU6), [(1, 5, 5, 4), weights(8, 1, 1, 4), weights(8)]),
    Case(Conv2D(), [(1, 5, 5, 4), weights(6, 3, 3, 2), weights(6)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, bias: str = "int32", filter_dtype: str = "int8") -> Integer:
    groups, taken, made = draw(st.sampled_from([(1, 3, 4), (1, 1, 5), (1, 16, 8), (1, 2, 19), (2, 2, 3), (3, 1, 8)]))
    window = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    stride = (1, 1) if dilation != (1, 1) else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    sizes = tuple((w - 1) * d + draw(st.integers(1, 6)) for w, d in zip(window, dilation, strict=True))
    op = Conv2D(
        padding=draw(PADDINGS),
        stride_h=stride[0],
        stride_w=stride[1],
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=draw(CLAMPS),
        quantized_bias_type=DType.FLOAT32 if dtype != "int16" or bias == "int64" else DType(bias),
    )
    x = draw(codes((draw(st.integers(1, 2)), *sizes, groups * taken), dtype))
    per_channel = 0 if dtype != "uint8" and draw(st.booleans()) else None
    filter_ = draw(filters((groups * made, *window, taken), per_channel, filter_dtype))
    y = draw(outputs(taken * window[0] * window[1], x, filter_))
    return Integer(
        op, [x, filter_, draw(biases(groups * made, x, filter_, bias))], y, version=4 if dtype == "int16" else 3
    )


# Without a bias LiteRT refuses the operator, whatever its types.
INTEGERS = [
    ("CONV_2D-int8", integers("int8")),
    ("CONV_2D-int8-int4", integers("int8", filter_dtype="int4")),
    ("CONV_2D-uint8", integers("uint8", filter_dtype="uint8")),
    ("CONV_2D-int16", integers("int16", "int64")),
    ("CONV_2D-int16-int32-bias", integers("int16", "int32")),
    ("CONV_2D-int16-int4", integers("int16", "int64", "int4")),
]


def test_a_filter_that_is_computed() -> None:
    x, w = Codes((1, 5, 5, 4), "int8", 0.02, 3), Codes((6, 3, 3, 4), "int8", 0.01)
    assert_exact(Integer(Conv2D(), [x, w, bias32(6)], Codes((), "int8", 0.1, -5), version=3))


def test_sums_beyond_float32() -> None:
    # 2^24 is passed by 1024 terms of 127 * 255: the accumulator is summed in float64.
    x = Codes((1, 1, 1, 1024), "int8", 0.02, -128, low=127)
    w = weights8(4, 1, 1, 1024)
    w.array[:] = 127
    assert_exact(Integer(Conv2D(), [x, w, bias32(4)], Codes((), "int8", 3.0, -5), version=3))


def test_channels_must_divide() -> None:
    case = Case(Conv2D(), [(1, 5, 5, 4), weights(6, 3, 3, 4), weights(6)])
    values = list(case.model().main.nodes[0].inputs)
    wrong = Case(Conv2D(), [(1, 5, 5, 6), weights(6, 3, 3, 6), weights(6)]).model().main.nodes[0].inputs[0]
    with pytest.raises(ModelError, match=r"takes 4 input channels, input \(1, 5, 5, 6\) has 6; expected") as caught:
        infer(case.op, [wrong, *values[1:]])
    assert caught.value.code == "E201"
