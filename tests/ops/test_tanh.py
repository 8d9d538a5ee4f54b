from dataclasses import replace

from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, every_code
from intact.ops.tanh import Tanh
from integer import Codes, Integer

CASES = [
    Case(Tanh(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(Tanh(), [(4, 7)]),
    Case(Tanh(), [()]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(every_code(dtype, 1e-4, 2.0))
    if dtype == "int16" and draw(st.booleans()):
        x = replace(x, scale=2.0 ** draw(st.integers(-15, -8)) * (1 + draw(st.sampled_from([0, 3e-4, -3e-4, 2e-3]))))
    y = Codes((), dtype, 1 / 32768, 0) if dtype == "int16" else draw(codes((), dtype, 1e-3, 1.0))
    return Integer(Tanh(), [x], y, version=3)


INTEGERS = [(f"TANH-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")]
