from case import Case, Input, ints
from intact.ir.types import DType
from intact.ops.reduce_any_all import ReduceAll, ReduceAny

CASES = [
    case
    for op in (ReduceAny, ReduceAll)
    for case in (
        Case(op(), [Input((2, 5, 3), DType.BOOL), ints(1)]),
        Case(op(keep_dims=True), [Input((2, 5, 3), DType.BOOL), ints(0, -1)]),
    )
]
