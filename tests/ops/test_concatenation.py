from case import Case, Input, refusal, weights
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.concatenation import Concatenation

CASES = [
    Case(Concatenation(axis=3), [(1, 4, 4, 2), (1, 4, 4, 3)]),
    Case(Concatenation(axis=-1), [(2, 3), (2, 3), (2, 1)]),
    Case(Concatenation(axis=0), [(2, 3), weights(1, 3)]),
    Case(Concatenation(axis=1), [(2, 3)]),
    # The narrow operand is stored with the scale of the result, as the int8 kernel wants it.
    Case(Concatenation(axis=1), [Input((2, 8), low=-4, high=4), Input((2, 8), low=-0.5, high=0.5)]),
    Case(Concatenation(axis=0), [Input((2,), DType.INT32), Input((3,), DType.INT32)]),
]


def test_refuses_operands_that_do_not_line_up() -> None:
    assert (
        refusal(Concatenation(axis=1), (2, 3), (3, 3))
        == "operands have shapes [[2, 3], [3, 3]]; expected equal sizes in every dimension but 1. [E201]"
    )
    assert refusal(Concatenation(axis=2), (2, 3)) == "axis is 2; expected -2 <= axis < 2. [E207]"
    assert (
        refusal(Concatenation(), (2,), Input((2,), DType.INT32))
        == "operands have types float32, int32; expected one type. [E202]"
    )


def test_refuses_missing_operands() -> None:
    assert refusal(Concatenation(), (2,), None) == "1 of 2 operands are there; expected all of them. [E203]"
    assert refusal(Concatenation()) == "0 of 0 operands are there; expected all of them. [E203]"


def test_kernels_know_no_fused_activation() -> None:
    op = Concatenation(fused_activation_function=FusedActivation.RELU)
    assert refusal(op, (2,), (2,)) == "fused activation is RELU; expected NONE. [E207]"
