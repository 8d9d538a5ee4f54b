from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from intact.arith.reduce import affine_float32_away, affine_float32_even, mean_multiplier
from intact.arith.rounding import quantize_multiplier

MULTIPLIERS = st.one_of(st.sampled_from([2**30, 2**30 + 1, 2**31 - 1]), st.integers(2**30, 2**31 - 1))


@given(MULTIPLIERS, st.integers(-31, 30), st.one_of(st.integers(1, 300), st.integers(1, 2**40)))
def test_a_multiplier_over_a_count_is_that_of_the_quotient_cut(multiplier: int, shift: int, count: int) -> None:
    divided, moved = mean_multiplier(multiplier, shift, count)
    exact = Fraction(multiplier) * Fraction(2) ** (shift - 31) / count
    step = Fraction(2) ** (moved - 31)
    assert 0 <= exact - divided * step < step
    assert 0 <= divided < 2**31
    assert -31 <= moved <= shift


@given(MULTIPLIERS, st.integers(0, 30), st.integers(1, 2**31))
def test_thirty_bits_are_kept_where_the_shift_has_room(multiplier: int, shift: int, count: int) -> None:
    assert mean_multiplier(multiplier, shift, count)[0] >= 2**29


def test_no_room_to_shift() -> None:
    # 2^-31 over 1000 would need 10 bits more than a shift has: the bits are lost, as in the kernel.
    assert mean_multiplier(2**30, -31, 1000) == (2**30 // 1000, -31)
    assert mean_multiplier(*quantize_multiplier(0.0), 7) == (0, -2)


@given(st.integers(-(2**23), 2**23), st.integers(-8, 8), st.integers(-128, 127))
def test_halves(total: int, zero: int, offset: int) -> None:
    # With a scale of a half every number is exact in float32, and ties are many.
    half, moved = np.float32(0.5), np.float32(offset)
    exact = Fraction(total, 2) + offset
    away = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    assert affine_float32_away(np.array([total]), half, moved, zero)[0] == away + zero
    assert affine_float32_even(np.array([total]), half, moved)[0] == round(exact)
