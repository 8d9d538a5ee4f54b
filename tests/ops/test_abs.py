from case import Case, Input
from intact.ir.types import DType
from intact.ops.abs import Abs

CASES = [
    Case(Abs(), [(2, 5, 6, 3)]),
    Case(Abs(), [Input((4, 7), low=-8, high=1)]),
    Case(Abs(), [Input((4, 7), DType.INT32, -9, 9)], version=5, resolvers=("default", "optimized")),
]


def test_integers_are_left_alone() -> None:
    assert Case(Abs(), [Input((3,), DType.INT32)]).unfit() == "int32 operands"
