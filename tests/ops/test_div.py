import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import CLAMPS, SEEDS, codes, scales
from intact.engines.exact import Exact
from intact.errors import EngineError
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.div import Div
from integer import Codes, Constant, Integer, assert_exact
from pairs import operand, result, two_shapes

CASES = [
    Case(Div(), [(2, 5, 6, 3), Input((2, 5, 6, 3), low=0.5, high=3)]),
    Case(Div(), [(2, 5, 6, 3), Input((3,), low=-3, high=-0.5)]),
    Case(Div(fused_activation_function=FusedActivation.RELU6), [(3, 8), Input((1,), low=0.2, high=0.3)]),
    Case(Div(), [Input((3, 4), DType.INT32, -9, 9), Input((3, 4), DType.INT32, 1, 5)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    first, second = draw(two_shapes())
    x = draw(codes(first, dtype))
    low, high = DType(dtype).limits
    divisor = draw(operand(second, dtype, draw(scales()), constant=True))
    # The kernel fails on a divisor that stands for 0.
    array = np.where(divisor.array == divisor.zero_point, low if divisor.zero_point == high else high, divisor.array)
    rng = np.random.default_rng(draw(SEEDS))
    near = divisor.zero_point + rng.integers(1, 4, second) * (1 if divisor.zero_point + 3 <= high else -1)
    array = np.where(rng.random(second) < draw(st.sampled_from([0.0, 0.5])), near, array)
    y = draw(result(dtype, x.scale / divisor.scale * draw(st.one_of(scales(1e-3, 3.0), scales(1e-5, 1e3)))))
    op = Div(fused_activation_function=draw(CLAMPS))
    return Integer(op, [x, Constant(array.astype(dtype), divisor.scale, divisor.zero_point)], y, version=2)


INTEGERS = [(f"DIV-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")]


def test_integer_kernels_are_not_to_be_used() -> None:
    assert Div.quant is None


def test_quotients_too_small_are_shifted_astray() -> None:
    # 2^-32 and less of a step: 0 became the lowest number, or 1 more than the zero point.
    divisor = Constant(np.array([1, 2, 3, 100, -1, -100], np.int8), 0.1)
    for scale in (1.0, 1e3, 1e6, 1e9):
        assert_exact(Integer(Div(), [Codes((200, 6), "int8", 0.01), divisor], Codes((), "int8", scale, 5), version=2))


def test_a_divisor_that_stands_for_zero_fails() -> None:
    case = Integer(Div(), [Codes((3,)), Codes((3,), zero_point=4, low=4, high=4)], Codes(), version=2)
    with pytest.raises(EngineError, match="a divisor stands for 0"):
        Exact(case.model()).run(case.samples(1)[0])
