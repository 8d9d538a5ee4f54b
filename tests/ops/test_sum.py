import numpy as np
from hypothesis import strategies as st

from case import Case, Input, ints
from drawn import REDUCED, codes, zero_points
from intact.ir.types import DType
from intact.ops.sum import Sum
from integer import Codes, Constant, Integer

CASES = [
    Case(Sum(), [(2, 5, 6, 3), ints(1, 2)]),
    Case(Sum(keep_dims=True), [(2, 5, 6, 3), ints(-1)]),
    Case(Sum(), [(4, 7), ints(0, 1)]),
    Case(Sum(), [Input((4, 7), DType.INT32, -9, 9), ints(1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape, axis = draw(REDUCED)
    x = draw(codes(shape, dtype))
    op = Sum(keep_dims=draw(st.booleans()))
    scale = float(np.float32(x.scale * draw(st.floats(0.5, 50.0))))
    return Integer(
        op, [x, Constant(np.array(axis, np.int32))], Codes((), dtype, scale, draw(zero_points(dtype))), version=2
    )


INTEGERS = [(f"SUM-{dtype}", integers(dtype)) for dtype in ("int8", "uint8")]


def test_reference_kernel_is_wrong() -> None:
    assert Sum.quant is None
