from hypothesis import strategies as st

from case import Case
from intact.ops.rank import Rank
from integer import Codes, Integer
from moved import TYPES, operands, shapes

CASES = [Case(Rank(), [(2, 3, 4)]), Case(Rank(), [()])]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    return Integer(Rank(), [draw(operands(draw(shapes(0, 5)), dtype))], Codes((), "int32", None))


INTEGERS = [(f"RANK-{dtype}", integers(dtype)) for dtype in TYPES]
