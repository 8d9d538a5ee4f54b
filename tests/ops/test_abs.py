from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, scales
from intact.ir.types import DType
from intact.ops.abs import Abs
from integer import Integer
from pairs import SHAPES, result

CASES = [
    Case(Abs(), [(2, 5, 6, 3)]),
    Case(Abs(), [Input((4, 7), low=-8, high=1)]),
    Case(Abs(), [Input((4, 7), DType.INT32, -9, 9)], version=5, resolvers=("default", "optimized")),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(codes(draw(SHAPES), dtype))
    y = draw(result(dtype, x.scale * draw(st.one_of(st.just(1.0), scales(0.2, 2.0), scales(1e-5, 1e5)))))
    return Integer(Abs(), [x], y, version=3 if dtype == "int16" else 2)


INTEGERS = [("ABS-int8", integers("int8")), ("ABS-int16", integers("int16"))]


def test_integers_are_left_alone() -> None:
    assert Case(Abs(), [Input((3,), DType.INT32)]).unfit() == "int32 operands"
