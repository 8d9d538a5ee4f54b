import pytest

from case import Case, Input, weights
from intact.ir.quant_rule import Activation, Tied
from intact.ir.types import DType
from intact.ops.maximum_minimum import Maximum, Minimum

CASES = [
    case
    for op in (Maximum(), Minimum())
    for case in (
        Case(op, [(2, 5, 6, 3), (2, 5, 6, 3)]),
        Case(op, [(2, 5, 6, 3), weights(3)]),
        Case(op, [(4, 1, 3), (5, 1)]),
        Case(op, [(2, 1, 2, 3, 2, 4), (2, 1, 3, 1, 4)], version=3),
        Case(op, [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
    )
]


@pytest.mark.parametrize("op", [Maximum, Minimum])
def test_stored_integers_are_compared(op: type[Maximum] | type[Minimum]) -> None:
    assert op.quant is not None
    assert op.quant.input("input1") == op.quant.input("input2") == Tied("output")
    assert op.quant.output(0) == Activation()
