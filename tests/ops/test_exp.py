from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, every_code
from intact.ops.exp import Exp
from integer import Integer

CASES = [
    Case(Exp(), [(2, 5, 6, 3)]),
    Case(Exp(), [Input((4, 7), low=-8, high=0)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    # The largest scales overflow float32: exp(89) is infinite.
    x = draw(every_code(dtype, 1e-4, 1.0))
    return Integer(Exp(), [x], draw(codes((), dtype, 1e-4, 10.0)), version=2)


INTEGERS = [("EXP-int8", integers("int8")), ("EXP-int16", integers("int16"))]
