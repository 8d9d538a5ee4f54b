from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import scales
from intact.ir.types import DType
from intact.ops.squared_difference import SquaredDifference
from integer import Integer
from pairs import pair, result

CASES = [
    Case(SquaredDifference(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
    Case(SquaredDifference(), [(2, 5, 6, 3), weights(3)]),
    Case(SquaredDifference(), [(2, 5, 6, 3), Input((2, 5, 6, 1), low=5, high=6)]),
    Case(SquaredDifference(), [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
]


@st.composite
def integers(draw: st.DrawFn) -> Integer:
    first, second = draw(pair("int8"))
    # A result finer than 2^-12 of the square ends the process.
    wide = draw(st.one_of(scales(50.0, 500.0), scales(1e-3, 1e5)))
    y = draw(result("int8", max(first.scale, second.scale) ** 2 * wide))
    return Integer(SquaredDifference(), [first, second], y, version=2)


INTEGERS = [("SQUARED_DIFFERENCE-int8", integers())]


def test_int8_is_the_only_integer_kernel() -> None:
    assert SquaredDifference.quant is not None
    assert SquaredDifference.quant.dtypes == {DType.INT8}
