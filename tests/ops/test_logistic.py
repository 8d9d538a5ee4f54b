from dataclasses import replace

import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import every_code
from intact.ops.logistic import Logistic
from integer import Codes, Integer, assert_exact

CASES = [
    Case(Logistic(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(Logistic(), [(4, 7)]),
    Case(Logistic(), [()]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(every_code(dtype, 1e-4, 2.0))
    if dtype == "int16" and draw(st.booleans()):
        x = replace(x, scale=2.0 ** draw(st.integers(-15, -8)) * (1 + draw(st.sampled_from([0, 3e-4, -3e-4, 2e-3]))))
    y = (
        Codes((), dtype, 1 / 32768, 0)
        if dtype == "int16"
        else Codes((), dtype, 1 / 256, -128 if dtype == "int8" else 0)
    )
    return Integer(Logistic(), [x], y, version=3)


INTEGERS = [(f"LOGISTIC-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")]


@pytest.mark.parametrize("zero_point", [0, 100])
def test_8_bit_zero_points_are_free(zero_point: int) -> None:
    assert_exact(Integer(Logistic(), [Codes((256,), "int8", 0.05, -3)], Codes((), "int8", 1 / 256, zero_point), 2))
