from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intact.arith.below_one import multiply_below_one

INT32 = st.integers(-(2**31), 2**31 - 1)
MULTIPLIERS = st.integers(2**30, 2**31 - 1)


def away(real: Fraction) -> int:
    whole = int(abs(real) + Fraction(1, 2))
    return whole if real >= 0 else -whole


def up(real: Fraction) -> int:
    return (real + Fraction(1, 2)).__floor__()


@given(INT32, MULTIPLIERS, st.integers(-31, 0))
def test_rounds_after_each_step(number: int, multiplier: int, shift: int) -> None:
    found = multiply_below_one(np.array([number]), multiplier, shift)
    assert found.tolist() == [away(Fraction(up(Fraction(number * multiplier, 2**31)), 2**-shift))]


@given(INT32, MULTIPLIERS, st.integers(-63, 31).filter(lambda s: not -31 <= s <= 0))
def test_other_shifts_are_taken_modulo_32(number: int, multiplier: int, shift: int) -> None:
    high = up(Fraction(number * multiplier, 2**31))
    found = multiply_below_one(np.array([number]), multiplier, shift)
    assert found.tolist() == [(high >> (-shift % 32)) + (high >= 0)]


@pytest.mark.parametrize(("number", "shift", "expected"), [(3, 0, 2), (-3, 0, -1), (6, -1, 2), (-6, -1, -2)])
def test_ties(number: int, shift: int, expected: int) -> None:
    # A half goes up in the first step, away from zero in the second.
    assert multiply_below_one(np.array([number]), 2**30, shift).tolist() == [expected]


def test_a_shift_for_each_number() -> None:
    numbers, shifts = np.array([1 << 20, 1 << 20, -5]), np.array([0, -3, -40])
    each = [multiply_below_one(numbers[i : i + 1], 2**30 + 7, int(s))[0] for i, s in enumerate(shifts)]
    assert multiply_below_one(numbers, 2**30 + 7, shifts).tolist() == each
