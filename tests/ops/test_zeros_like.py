from hypothesis import strategies as st

from case import Case, Input
from intact.ir.types import DType
from intact.ops.zeros_like import ZerosLike
from integer import Integer
from moved import like, operands, shapes

CASES = [
    Case(ZerosLike(), [(2, 3)]),
    Case(ZerosLike(), [Input((2,), DType.INT64)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(0, 4)), dtype))
    return Integer(ZerosLike(), [x], like(x))


INTEGERS = [(f"ZEROS_LIKE-{dtype}", integers(dtype)) for dtype in ("float32", "int32", "int64")]
