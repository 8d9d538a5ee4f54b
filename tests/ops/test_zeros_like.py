from case import Case, Input
from intact.ir.types import DType
from intact.ops.zeros_like import ZerosLike

CASES = [
    Case(ZerosLike(), [(2, 3)]),
    Case(ZerosLike(), [Input((2,), DType.INT64)]),
]
