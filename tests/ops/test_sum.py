from case import Case, Input, ints
from intact.ir.types import DType
from intact.ops.sum import Sum

CASES = [
    Case(Sum(), [(2, 5, 6, 3), ints(1, 2)]),
    Case(Sum(keep_dims=True), [(2, 5, 6, 3), ints(-1)]),
    Case(Sum(), [(4, 7), ints(0, 1)]),
    Case(Sum(), [Input((4, 7), DType.INT32, -9, 9), ints(1)]),
]


def test_reference_kernel_is_wrong() -> None:
    assert Sum.quant is None
