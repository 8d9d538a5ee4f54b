from case import Case, Input
from intact.ir.types import DType
from intact.ops.dequantize import Dequantize

CASES = [
    Case(Dequantize(), [Input((2, 3), DType.FLOAT16)], version=3),
    Case(Dequantize(), [Input((2, 3), DType.INT8, -128, 128)], version=2),
    Case(Dequantize(), [Input((2, 3), DType.INT16, -128, 128)], version=3),
]
