import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import codes
from intact.ir.op import Op
from intact.ir.types import DType
from intact.ops.unary_math import Ceil, Cos, Floor, Neg, Round, Sign, Sin, Square
from integer import Integer
from pairs import SHAPES, result

NOT_IN_REFERENCE = ("default", "optimized")
CASES = [
    Case(Square(), [(2, 5, 6, 3)]),
    Case(Neg(), [(2, 5, 6, 3)]),
    Case(Neg(), [Input((4, 7), DType.INT32, -9, 9)]),
    Case(Sin(), [Input((4, 7), low=-9, high=9)]),
    Case(Cos(), [Input((4, 7), low=-9, high=9)]),
    Case(Ceil(), [Input((4, 7), low=-9, high=9)], resolvers=NOT_IN_REFERENCE),
    Case(Floor(), [Input((4, 7), low=-9, high=9)]),
    Case(Round(), [Input((4, 7), low=-9, high=9)], resolvers=NOT_IN_REFERENCE),
    Case(Sign(), [(4, 7)]),
    Case(Sign(), [Input((4, 7), DType.INT32, -9, 9)], version=2),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    return Integer(Neg(), [draw(codes(draw(SHAPES), dtype))], draw(result(dtype, 0.1)))


INTEGERS = [("NEG-int8", integers("int8")), ("NEG-int16", integers("int16"))]


@pytest.mark.parametrize("op", [Square, Neg, Sin, Cos, Ceil, Floor, Round, Sign])
def test_stays_in_float(op: type[Op]) -> None:
    assert op.quant is None
