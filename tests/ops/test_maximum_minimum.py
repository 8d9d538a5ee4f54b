import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from intact.ir.quant_rule import Activation, Tied
from intact.ir.types import DType
from intact.ops.maximum_minimum import Maximum, Minimum
from integer import Integer
from pairs import pair, result

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


@st.composite
def integers(draw: st.DrawFn, op: type, dtype: str) -> Integer:
    return Integer(op(), draw(pair(dtype)), draw(result(dtype, 0.1)), version=4 if dtype == "int16" else 3)


INTEGERS = [
    (f"{op.opcode}-{dtype}", integers(op, dtype)) for op in (Maximum, Minimum) for dtype in ("int8", "uint8", "int16")
]


@pytest.mark.parametrize("op", [Maximum, Minimum])
def test_stored_integers_are_compared(op: type[Maximum] | type[Minimum]) -> None:
    assert op.quant is not None
    assert op.quant.input("input1") == op.quant.input("input2") == Tied("output")
    assert op.quant.output(0) == Activation()
