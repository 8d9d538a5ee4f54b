import pytest

from case import Case, Input, ints, weights
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.transpose_conv import TransposeConv

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
