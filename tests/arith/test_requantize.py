"""Every rounding rule against exact rational arithmetic, the edges among what is drawn."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intact.arith.requantize import RULES, Requantization
from intact.arith.rounding import (
    FIXED,
    high_multiply,
    multiply,
    quantize_multiplier,
    round_half_away,
    shift_right_away,
    shift_right_up,
    wrap32,
)
from intact.errors import UsageError

INT32 = st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([-(2**31), -1, 0, 1, 2**31 - 1, 2**30, -(2**30)]))
MULTIPLIERS = st.one_of(st.integers(2**30, 2**31 - 1), st.sampled_from([2**30, 2**30 + 1, 2**31 - 1]))
RIGHT = st.integers(0, 31)


def up(real: Fraction) -> int:
    return math.floor(real + Fraction(1, 2))


def away(real: Fraction) -> int:
    return up(real) if real >= 0 else -up(-real)


def one(number: int) -> np.ndarray:
    return np.array([number], np.int64)


@given(st.floats(2.0**-32, 1e6), st.booleans())
@example(1.0, False)
@example(float(np.nextafter(1.0, 0)), False)
@example(2.0**-32, False)
@example(float(np.nextafter(0.5, 0)), True)
def test_multiplier_and_shift_are_the_factor(factor: float, negative: bool) -> None:
    signed = -factor if negative else factor
    multiplier, shift = quantize_multiplier(signed)
    assert 2**30 <= abs(multiplier) <= 2**31 - 1
    back = Fraction(multiplier, 2**31) * Fraction(2) ** shift
    # Rounded to 31 bits: half a step of 2^-31 of a mantissa of at least one half.
    assert abs(back / Fraction(signed) - 1) <= Fraction(1, 2**31)


def test_multipliers_at_the_ends() -> None:
    assert quantize_multiplier(0.0) == (0, 0)
    assert quantize_multiplier(2.0**-33) == (0, 0), "below 2^-32 the shift is beyond 31"
    assert quantize_multiplier(2.0**-32) == (2**30, -31)
    assert quantize_multiplier(1.0) == (2**30, 1)
    assert quantize_multiplier(1 - 2.0**-40) == (2**30, 1), "a mantissa that rounds to 1 becomes one half"
    assert quantize_multiplier(-0.5) == (-(2**30), 0)


@given(INT32, INT32)
@example(-(2**31), -(2**31))
@example(1, -(2**30))
def test_high_multiplication(a: int, b: int) -> None:
    expected = min(up(Fraction(a * b, 2**31)), 2**31 - 1)
    assert int(high_multiply(one(a), b)[0]) == expected


def test_ties_of_the_high_multiplication_are_those_of_gemmlowp() -> None:
    # gemmlowp adds 2^30, or 1 - 2^30 to a negative product, and divides towards zero.
    for a, b in ((1, 2**30), (-1, 2**30), (3, 2**30), (-3, 2**30), (-(2**31), 1), (5, -(2**30))):
        nudged = a * b + (2**30 if a * b >= 0 else 1 - 2**30)
        assert int(high_multiply(one(a), b)[0]) == int(Fraction(nudged, 2**31))


@given(INT32, RIGHT)
@example(-1, 1)
@example(-3, 1)
@example(3, 1)
def test_shifts(number: int, bits: int) -> None:
    real = Fraction(number, 2**bits)
    assert int(shift_right_up(one(number), bits)[0]) == up(real)
    assert int(shift_right_away(one(number), bits)[0]) == away(real)


@given(INT32, MULTIPLIERS, st.integers(-31, 0))
def test_the_rules_round_where_they_say(number: int, multiplier: int, shift: int) -> None:
    product = Fraction(number * multiplier, 2**31)
    high = up(product)
    expected = {
        "double-away": away(Fraction(high, 2**-shift)),
        "double-up": up(Fraction(high, 2**-shift)),
        "single": up(product * Fraction(2) ** shift),
    }
    for rule, value in expected.items():
        assert int(multiply(one(number), multiplier, shift, rule)[0]) == value, rule


@given(INT32, MULTIPLIERS, st.integers(1, 30))
def test_a_left_shift_wraps_at_32_bits(number: int, multiplier: int, shift: int) -> None:
    wrapped = (number * 2**shift + 2**31) % 2**32 - 2**31
    assert int(multiply(one(number), multiplier, shift)[0]) == up(Fraction(wrapped * multiplier, 2**31))


@given(st.integers(-(2**46), 2**46), MULTIPLIERS, st.integers(-31, 0))
def test_64_bit_accumulators_take_16_bits_of_the_multiplier(number: int, multiplier: int, shift: int) -> None:
    short = up(Fraction(multiplier, 2**16)) if multiplier < 0x7FFF0000 else 0x7FFF
    expected = up(Fraction(number * short, 2 ** (15 - shift)))
    assert int(multiply(one(number), multiplier, shift, "single-16")[0]) == int(wrap32(one(expected))[0])


@given(st.floats(-1e9, 1e9, width=32))
@example(0.49999997)
@example(-0.49999997)
@example(8388609.0)
def test_halves_go_away_from_zero_in_the_type_they_are_given_in(real: float) -> None:
    assert int(round_half_away(np.float32(real))) == away(Fraction(real))


@settings(max_examples=50)
@given(st.sampled_from(RULES), st.integers(0, 2**16), st.floats(1e-4, 0.9), st.integers(-128, 127))
def test_requantization_stays_within_one_of_the_real_number(rule: str, seed: int, factor: float, zero: int) -> None:
    rng = np.random.default_rng(seed)
    factors = factor * rng.uniform(0.5, 1.0, 5)
    acc = rng.integers(-(2**20), 2**20, (7, 5))
    bias = rng.integers(-1000, 1000, 5)
    stage: dict[str, np.ndarray] = {}
    made = Requantization(rule, factors, zero, -128, 127, "int8")
    result = made(acc.astype(np.float32), bias, lambda name, array: stage.update({name: array}))
    # A multiplier of 16 bits is off by 2^-15 of itself at most; all else rounds to the nearest, twice at most.
    exact = (acc + bias) * factors
    error = 1.0 + np.abs(exact) * (2.0**-15 if rule == "single-16" else 2.0**-23)
    assert (np.abs(stage["shifted"] - exact) <= error).all()
    np.testing.assert_array_equal(stage["accumulator"], acc + bias)
    np.testing.assert_array_equal(stage["offset"], stage["shifted"] + zero)
    np.testing.assert_array_equal(result, np.clip(stage["offset"], -128, 127))
    np.testing.assert_array_equal(result, made(acc.astype(np.float64), bias), "seen or not, the numbers are the same")


def test_many_rows_are_worked_on_in_blocks() -> None:
    rng = np.random.default_rng(0)
    acc = rng.integers(-(2**20), 2**20, (3, 100, 100, 3))
    made = Requantization("double-away", np.array([1e-3, 2e-3, 3e-3]), 5, -128, 127, "int8")
    parts = np.concatenate([made(acc[i : i + 1]) for i in range(3)])
    np.testing.assert_array_equal(made(acc), parts)


def test_an_unknown_rule() -> None:
    with pytest.raises(UsageError, match="there is no rule 'twice'; expected one of double-away"):
        Requantization("twice", np.ones(1), 0, -128, 127, "int8")
    assert set(FIXED) < set(RULES)
