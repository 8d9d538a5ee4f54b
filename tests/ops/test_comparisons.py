import pytest

from case import Case, Input, weights
from intact.ir.op import Op
from intact.ir.types import DType
from intact.ops.comparisons import Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual

OPS = (Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual)
CASES = [
    case
    for op in OPS
    for case in (
        Case(op(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
        Case(op(), [(4, 1, 3), weights(5, 1)]),
        Case(op(), [Input((4, 7), DType.INT32, -2, 2), Input((7,), DType.INT32, -2, 2)]),
    )
] + [
    Case(Equal(), [Input((4, 7), DType.BOOL), Input((4, 7), DType.BOOL)]),
    Case(NotEqual(), [Input((4, 7), DType.BOOL), Input((4, 7), DType.BOOL)]),
]


@pytest.mark.parametrize("op", OPS)
def test_integer_kernels_are_not_to_be_used(op: type[Op]) -> None:
    assert op.quant is None


def test_result_is_bool() -> None:
    assert Case(Less(), [(2, 3), (3,)]).model().main.outputs[0].dtype == DType.BOOL
