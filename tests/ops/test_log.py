from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, every_code
from intact.ops.log import Log
from integer import Integer

CASES = [
    Case(Log(), [Input((2, 5, 6, 3), low=0.5, high=4)]),
    Case(Log(), [Input((4, 7), low=100, high=900)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    return Integer(Log(), [draw(every_code(dtype, 1e-4, 10.0))], draw(codes((), dtype, 1e-3, 1.0)), version=2)


INTEGERS = [("LOG-int8", integers("int8")), ("LOG-int16", integers("int16"))]
