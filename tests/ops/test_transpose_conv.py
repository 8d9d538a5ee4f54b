import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, weights
from drawn import CLAMPS, PADDINGS, biases, codes, filters, outputs
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.shapes import slide
from intact.ops.transpose_conv import TransposeConv
from integer import Codes, Constant, Integer, assert_exact, bias32

CASES = [
    Case(TransposeConv(stride_h=2, stride_w=2), [ints(1, 8, 8, 3), weights(3, 3, 3, 4), (1, 4, 4, 4)]),
    Case(
        TransposeConv(stride_h=2, stride_w=2, padding=Padding.VALID),
        [ints(2, 9, 9, 3), weights(3, 3, 3, 4), (2, 4, 4, 4), weights(3)],
        version=3,
    ),
    Case(TransposeConv(), [ints(1, 5, 6, 2), weights(2, 3, 3, 3), (1, 5, 6, 3), weights(2)], version=3),
    Case(
        TransposeConv(stride_h=2, stride_w=1, fused_activation_function=FusedActivation.RELU),
        [ints(1, 8, 4, 3), weights(3, 2, 2, 4), (1, 4, 4, 4), weights(3)],
        version=4,
    ),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, bias: str | None = "int32", filter_dtype: str = "int8") -> Integer:
    taken, made = draw(st.sampled_from([(3, 4), (1, 5), (16, 8), (2, 19), (4, 1)]))
    window = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = draw(PADDINGS)
    size = draw(st.tuples(st.integers(4, 9), st.integers(4, 9)))
    op = TransposeConv(
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
        fused_activation_function=draw(CLAMPS),
        quantized_bias_type=DType(bias or "int64") if dtype == "int16" and bias == "int32" else DType.FLOAT32,
    )
    batch = draw(st.integers(1, 2))
    x = draw(codes((batch, *slide(size, window, stride, padding), taken), dtype))
    per_channel = 0 if dtype != "uint8" and draw(st.booleans()) else None
    filter_ = draw(filters((made, *window, taken), per_channel, filter_dtype))
    y = draw(outputs(-(-taken * window[0] * window[1] // (stride[0] * stride[1])), x, filter_))
    constants = [draw(biases(made, x, filter_, bias))] if bias else draw(st.sampled_from([[], [None]]))
    return Integer(op, [shape(batch, *size, made), filter_, x, *constants], y, version=5 if dtype == "int16" else 4)


def shape(*sizes: int) -> Constant:
    return Constant(np.array(sizes, np.int32))


INTEGERS = [
    ("TRANSPOSE_CONV-int8", integers("int8")),
    ("TRANSPOSE_CONV-int8-no-bias", integers("int8", None)),
    ("TRANSPOSE_CONV-uint8", integers("uint8", filter_dtype="uint8")),
    ("TRANSPOSE_CONV-uint8-no-bias", integers("uint8", None, filter_dtype="uint8")),
    ("TRANSPOSE_CONV-int16", integers("int16", "int64")),
    ("TRANSPOSE_CONV-int16-no-bias", integers("int16", None)),
    ("TRANSPOSE_CONV-int16-int32-bias", integers("int16", "int32")),
]


def test_a_filter_that_is_computed() -> None:
    x, w = Codes((1, 3, 3, 4), "int8", 0.02, 3), Codes((9, 3, 3, 4), "int8", 0.01)
    op = TransposeConv(stride_h=2, stride_w=2)
    case = Integer(op, [shape(1, 6, 6, 9), w, x, bias32(9)], Codes((), "int8", 0.05, -5), version=3)
    assert_exact(case)


def test_computed_output_shape() -> None:
    model = Case(TransposeConv(), [Input((4,), DType.INT32), weights(3, 3, 3, 4), (1, 4, 4, 4)]).model()
    values = model.main.nodes[0].inputs
    assert TransposeConv().infer(*values)[0].shape is None


def test_output_shape_must_fit() -> None:
    with pytest.raises(
        ModelError, match=r"output_shape is \[1, 8, 8, 5\], input \[1, 4, 4, 4\], weights \[3, 3, 3, 4\]"
    ):
        Case(TransposeConv(), [ints(1, 8, 8, 5), weights(3, 3, 3, 4), (1, 4, 4, 4)]).model()


def test_channels_must_match() -> None:
    with pytest.raises(ModelError, match=r"take 4 input channels, input \[1, 4, 4, 5\] has 5"):
        Case(TransposeConv(), [ints(1, 8, 8, 3), weights(3, 3, 3, 4), (1, 4, 4, 5)]).model()


def test_tanh_is_left_in_float() -> None:
    assert TransposeConv(fused_activation_function=FusedActivation.TANH).unfit() == "fused TANH"
