import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints
from drawn import REDUCED, codes
from intact.ir.quant_rule import Tied
from intact.ir.types import DType
from intact.ops.reduce_max_min import ReduceMax, ReduceMin
from integer import Codes, Constant, Integer

CASES = [
    case
    for op in (ReduceMax, ReduceMin)
    for case in (
        Case(op(), [(2, 5, 6, 3), ints(1, 2)]),
        Case(op(keep_dims=True), [(2, 5, 6, 3), ints(-1)]),
        Case(op(), [(4, 7), ints(0, 1)]),
        Case(op(), [(2, 2, 3, 2, 4), ints(1, 3)]),
        Case(op(), [Input((4, 7), DType.INT32, -9, 9), ints(1)]),
    )
]


@st.composite
def integers(draw: st.DrawFn, op: type[ReduceMax] | type[ReduceMin], dtype: str) -> Integer:
    shape, axis = draw(REDUCED)
    x = draw(codes(shape, dtype))
    y = Codes((), dtype, x.scale, x.zero_point)
    return Integer(op(keep_dims=draw(st.booleans())), [x, Constant(np.array(axis, np.int32))], y, version=3)


INTEGERS = [
    (f"{op.opcode}-{dtype}", integers(op, dtype))
    for op in (ReduceMax, ReduceMin)
    for dtype in ("int8", "uint8", "int16")
]


@pytest.mark.parametrize("op", [ReduceMax, ReduceMin])
def test_result_has_the_scale_of_the_input(op: type[ReduceMax] | type[ReduceMin]) -> None:
    assert op.quant is not None
    assert op.quant.output(0) == Tied("input")
