from case import Case
from intact.ir.types import DType
from intact.ops.l2_normalization import L2Normalization

CASES = [
    Case(L2Normalization(), [(4, 16)]),
    Case(L2Normalization(), [(2, 3, 3, 8)]),
    Case(L2Normalization(), [(8,)]),
]


def test_int16_has_no_kernel() -> None:
    assert DType.INT16 not in L2Normalization.quant.dtypes
