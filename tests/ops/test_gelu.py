from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, every_code
from intact.ops.gelu import Gelu
from integer import Codes, Integer, assert_exact

CASES = [
    Case(Gelu(), [(2, 5, 6, 3)]),
    Case(Gelu(approximate=True), [(2, 5, 6, 3)]),
    Case(Gelu(), [Input((4, 7), low=-8, high=3)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    op = Gelu(approximate=draw(st.booleans()))
    return Integer(op, [draw(every_code(dtype, 1e-4, 1.0))], draw(codes((), dtype, 1e-4, 1.0)), version=2)


INTEGERS = [(f"GELU-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")]


def test_int16_may_have_zero_points() -> None:
    assert_exact(Integer(Gelu(), [Codes((3000,), "int16", 3e-4, 123)], Codes((), "int16", 3e-4, -77), version=2))
