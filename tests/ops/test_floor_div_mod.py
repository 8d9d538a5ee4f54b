import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import codes
from intact.ir.types import DType
from intact.ops.floor_div_mod import FloorDiv, FloorMod
from integer import Constant, Integer
from pairs import operand, result, two_shapes

CASES = [
    case
    for op in (FloorDiv(), FloorMod())
    for case in (
        Case(op, [Input((2, 5, 3), low=-9, high=9), Input((2, 5, 3), low=0.5, high=3)], version=2),
        Case(op, [Input((2, 5, 3), low=-9, high=9), Input((3,), low=-3, high=-0.5)], version=2),
        Case(op, [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, 1, 5)]),
    )
]


@st.composite
def integers(draw: st.DrawFn, op: type[FloorDiv] | type[FloorMod], dtype: str) -> Integer:
    # Four dimensions are broadcast, no more; a divisor of 0 is refused.
    first, second = draw(two_shapes(4))
    divisor = draw(operand(second, dtype, 0.02, constant=True))
    array = np.where(divisor.array == 0, 1, divisor.array).astype(dtype)
    operands = [draw(codes(first, dtype)), Constant(array, divisor.scale, divisor.zero_point)]
    return Integer(op(), operands, draw(result(dtype, 0.1)), version=op.versions[DType(dtype)])


INTEGERS = [(f"{op.opcode}-{dtype}", integers(op, dtype)) for op in (FloorDiv, FloorMod) for dtype in ("int8", "int16")]


@pytest.mark.parametrize("op", [FloorDiv, FloorMod])
def test_integer_kernels_know_no_scales(op: type[FloorDiv] | type[FloorMod]) -> None:
    assert op.quant is None
