from case import Case, Input, weights
from intact.ir.types import DType
from intact.ops.squared_difference import SquaredDifference

CASES = [
    Case(SquaredDifference(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
    Case(SquaredDifference(), [(2, 5, 6, 3), weights(3)]),
    Case(SquaredDifference(), [(2, 5, 6, 3), Input((2, 5, 6, 1), low=5, high=6)]),
    Case(SquaredDifference(), [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
]


def test_int8_is_the_only_integer_kernel() -> None:
    assert SquaredDifference.quant is not None
    assert SquaredDifference.quant.dtypes == {DType.INT8}
