from case import Case, Input
from intact.ir.types import DType, TensorType
from intact.ops.bitcast import Bitcast

CASES = [
    Case(Bitcast(), [(2, 3)], results=(TensorType(DType.INT32, (2, 3)),)),
    Case(Bitcast(), [(2, 3)], results=(TensorType(DType.UINT8, (2, 3, 4)),)),
    Case(Bitcast(), [Input((3, 2), DType.INT16)], results=(TensorType(DType.INT32, (3,)),)),
]
