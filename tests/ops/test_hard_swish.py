from hypothesis import strategies as st

from case import Case, Input
from drawn import every_code, scales, zero_points
from intact.ops.hard_swish import HardSwish
from integer import Codes, Integer, assert_exact

CASES = [
    Case(HardSwish(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(HardSwish(), [(4, 7)]),
    Case(HardSwish(), [(2, 1, 3, 2, 4)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(every_code(dtype, 1e-5, 2.0))
    # LiteRT refuses output scales below 1/128 of the input's.
    y = Codes((), dtype, max(x.scale / 120, draw(scales(1e-5, 2.0))), draw(zero_points(dtype)))
    return Integer(HardSwish(), [x], y)


INTEGERS = [("HARD_SWISH-int8", integers("int8")), ("HARD_SWISH-uint8", integers("uint8"))]


def test_results_shifted_out_altogether() -> None:
    assert_exact(Integer(HardSwish(), [Codes((300,), "int8", 1e-4, 3)], Codes((), "int8", 1.0, -3)))
