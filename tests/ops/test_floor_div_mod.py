import pytest

from case import Case, Input
from intact.ir.types import DType
from intact.ops.floor_div_mod import FloorDiv, FloorMod

CASES = [
    case
    for op in (FloorDiv(), FloorMod())
    for case in (
        Case(op, [Input((2, 5, 3), low=-9, high=9), Input((2, 5, 3), low=0.5, high=3)], version=2),
        Case(op, [Input((2, 5, 3), low=-9, high=9), Input((3,), low=-3, high=-0.5)], version=2),
        Case(op, [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, 1, 5)]),
    )
]


@pytest.mark.parametrize("op", [FloorDiv, FloorMod])
def test_integer_kernels_know_no_scales(op: type[FloorDiv] | type[FloorMod]) -> None:
    assert op.quant is None
