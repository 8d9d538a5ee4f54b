import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints
from drawn import REDUCED, codes, zero_points
from intact.engines.exact import Exact
from intact.ir.types import DType
from intact.ops.sum import Sum
from integer import Codes, Constant, Integer, assert_exact

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


def test_int16() -> None:
    # The reference kernel writes bytes, half as many as there are; nothing says what the others are.
    x, axis = Codes((3, 7, 5), "int16", 0.001), Constant(np.array([1], np.int32))
    case = Integer(Sum(), [x, axis], Codes((), "int16", 0.004), version=2)
    assert_exact(case, "litert-optimized", "litert-xnnpack")
    (gap,) = Exact(case.model(), "litert-reference", strict=False).gaps
    assert gap.why == "SUM of int16, taken for uint8: the kernel leaves half of the result unwritten"


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized"])
def test_axis_computed_at_run_time(profile: str) -> None:
    x, axis = Codes((3, 7, 5), "uint8", 0.1, 3), Codes((1,), "int32", None, low=1, high=1)
    assert_exact(Integer(Sum(), [x, axis], Codes((3, 5), "uint8", 0.2, 9), version=2), profile)
