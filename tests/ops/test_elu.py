from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, every_code
from intact.ops.elu import Elu
from integer import Codes, Integer, assert_exact

CASES = [
    Case(Elu(), [(2, 5, 6, 3)], resolvers=("default", "optimized")),
    Case(Elu(), [Input((4, 7), low=-8, high=3)], resolvers=("default", "optimized")),
]


@st.composite
def integers(draw: st.DrawFn) -> Integer:
    return Integer(Elu(), [draw(every_code("int8", 1e-4, 1.0))], draw(codes((), "int8", 1e-4, 1.0)))


INTEGERS = [("ELU-int8", integers(), "litert-optimized", "litert-xnnpack")]


def test_halves() -> None:
    # Above zero the result is half of the stored input: away from zero without XNNPACK, to the even integer with it.
    case = Integer(Elu(), [Codes((1000,), "int8", 0.25, 3)], Codes((), "int8", 0.5, 1))
    assert_exact(case, "litert-optimized", "litert-xnnpack")
