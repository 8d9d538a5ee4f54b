from case import Case, Input
from intact.ir.types import DType
from intact.ops.pow import Pow

CASES = [
    Case(Pow(), [Input((2, 5, 3), low=0.1, high=3), (2, 5, 3)]),
    Case(Pow(), [Input((2, 5, 3), low=0.1, high=3), (3,)]),
    Case(Pow(), [Input((3, 4), DType.INT32, -3, 3), Input((3, 4), DType.INT32, 0, 4)]),
]
