from hypothesis import strategies as st

from case import Case
from drawn import codes
from intact.ir.types import DType
from intact.ops.l2_normalization import L2Normalization
from integer import Codes, Integer, assert_exact

CASES = [
    Case(L2Normalization(), [(4, 16)]),
    Case(L2Normalization(), [(2, 3, 3, 8)]),
    Case(L2Normalization(), [(8,)]),
]


def test_int16_has_no_kernel() -> None:
    assert DType.INT16 not in L2Normalization.quant.dtypes


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape = draw(st.sampled_from([(1, 1), (7,), (40, 10), (3, 5, 33), (2, 3, 2, 8), (1, 3000)]))
    x = draw(codes(shape, dtype))
    if draw(st.booleans()):
        # Small sums of squares, 0 among them.
        x = Codes(shape, dtype, 0.1, 2, low=draw(st.integers(0, 2)), high=draw(st.integers(2, 4)))
    return Integer(L2Normalization(), [x], Codes((), dtype, 1 / 128, 0 if dtype == "int8" else 128), version=2)


INTEGERS = [("L2_NORMALIZATION-int8", integers("int8")), ("L2_NORMALIZATION-uint8", integers("uint8"))]


def test_sums_beyond_2_to_29() -> None:
    x = Codes((2, 20000), "int8", 0.1, -128, low=100)
    assert_exact(Integer(L2Normalization(), [x], Codes((), "int8", 1 / 128, 0), version=2))
