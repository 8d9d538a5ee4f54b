import pytest

from case import Case, Input, weights
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.add import Add
from intact.ops.attributes import FusedActivation

CASES = [
    Case(Add(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
    Case(Add(), [(2, 5, 6, 3), weights(3)]),
    Case(Add(), [weights(6, 1), (2, 5, 6, 3)]),
    Case(Add(), [(4, 1, 3), (5, 1)]),
    Case(Add(), [(7,), weights()]),
    Case(Add(), [(2, 1, 2, 3, 2, 4), (2, 1, 3, 1, 4)], version=3),
    Case(Add(fused_activation_function=FusedActivation.RELU), [(3, 8), (3, 8)]),
    Case(Add(fused_activation_function=FusedActivation.RELU6), [(3, 8), Input((3, 8), low=-8, high=9)]),
    Case(Add(fused_activation_function=FusedActivation.RELU_N1_TO_1), [(3, 8), (3, 8)]),
    Case(Add(), [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
]


def test_shapes_must_broadcast() -> None:
    with pytest.raises(
        ModelError, match=r"shapes \[\[2, 3\], \[4\]\] do not broadcast; expected equal sizes or 1"
    ) as caught:
        Case(Add(), [(2, 3), (4,)]).model()
    assert caught.value.code == "E201"


def test_types_must_agree() -> None:
    with pytest.raises(ModelError, match="input1 is float32, input2 is int32; expected equal types") as caught:
        Case(Add(), [(2, 3), Input((3,), DType.INT32)]).model()
    assert caught.value.code == "E202"


def test_tanh_is_left_in_float() -> None:
    assert Case(Add(fused_activation_function=FusedActivation.TANH), [(2,), (2,)]).unfit() == "fused TANH"


def test_integers_are_left_alone() -> None:
    assert Case(Add(), [Input((3,), DType.INT32), Input((3,), DType.INT32)]).unfit() == "int32 operands"
    assert Case(Add(), [(3,), (3,)]).unfit() is None


def test_empty_stays_empty() -> None:
    assert Case(Add(), [(0, 1, 4), (3, 1)]).model().main.outputs[0].shape == (0, 3, 4)
