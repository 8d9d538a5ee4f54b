"""Fixed-point functions against exact rationals, and against decimals of 40 digits."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intact.arith import fixed_point

getcontext().prec = 40
WIDTHS = st.sampled_from([32, 16])

# Largest errors in steps of the last bit. That of exp is what its polynomial leaves out: exp(-1/8) * (1/8)^5 / 120 is
# 482 steps of 2^-31.
EXP, LOGISTIC, TANH, QUOTIENT = {32: 493, 16: 2}, {32: 160, 16: 7}, {32: 310, 16: 13}, {32: 14, 16: 12}


@st.composite
def numbers(draw: st.DrawFn) -> tuple[int, int]:
    """A width and an integer of it, the edges and the neighbours of powers of two among them."""
    width = draw(WIDTHS)
    top = 1 << (width - 1)
    near = st.builds(lambda k, d, s: s * (1 << k) + d, st.integers(0, width - 1), st.integers(-2, 2), st.just(-1))
    edges = st.sampled_from([0, 1, -1, top - 1, -top, 1 - top])
    return width, min(max(draw(st.one_of(st.integers(-top, top - 1), near, edges)), -top), top - 1)


def one(number: int) -> np.ndarray:
    return np.array([number], np.int64)


def half_up(number: Fraction) -> int:
    return math.floor(number + Fraction(1, 2))


def half_away(number: Fraction) -> int:
    return int(math.copysign(1, number)) * half_up(abs(number))


@given(numbers(), numbers())
def test_products_are_rounded_up_at_halves(a: tuple[int, int], b: tuple[int, int]) -> None:
    width = max(a[0], b[0])
    exact = half_up(Fraction(a[1] * b[1], 1 << (width - 1)))
    found = fixed_point.high_product(one(a[1]), one(b[1]), width)[0]
    assert found == min(exact, (1 << (width - 1)) - 1)


@given(numbers(), st.integers(-31, 31))
def test_powers_round_or_saturate(given_: tuple[int, int], exponent: int) -> None:
    width, number = given_
    exact = half_away(number * Fraction(2) ** exponent)
    top = 1 << (width - 1)
    assert fixed_point.times_power(one(number), exponent, width)[0] == min(max(exact, -top), top - 1)


@given(numbers())
def test_half_of_one_and(given_: tuple[int, int]) -> None:
    width, number = given_[0], max(given_[1], 0)
    largest = (1 << (width - 1)) - 1
    assert fixed_point.half_of_one_and(one(number), width)[0] == half_away(Fraction(number + largest, 2))


@given(numbers(), st.integers(0, 6))
def test_exp(given_: tuple[int, int], integer_bits: int) -> None:
    width, number = given_[0], -abs(given_[1])
    real = Decimal(number) / (1 << (width - 1 - integer_bits))
    found = int(fixed_point.exp_of_negative(one(number), integer_bits, width)[0])
    assert abs(found - real.exp() * (1 << (width - 1))) <= EXP[width]
    if number == 0:
        assert found == (1 << (width - 1)) - 1


@given(numbers(), st.integers(0, 6))
def test_logistic_and_tanh(given_: tuple[int, int], integer_bits: int) -> None:
    width, number = given_
    unit = 1 << (width - 1)
    real = Decimal(number) / (1 << (width - 1 - integer_bits))
    logistic = int(fixed_point.logistic(one(number), integer_bits, width)[0])
    tanh = int(fixed_point.tanh(one(number), integer_bits, width)[0])
    falling = (-2 * abs(real)).exp()
    assert abs(logistic - unit / (1 + (-real).exp())) <= LOGISTIC[width]
    assert abs(tanh * int(np.sign(number)) - unit * (1 - falling) / (1 + falling)) <= TANH[width]


@given(numbers())
def test_quotients(given_: tuple[int, int]) -> None:
    width, number = given_[0], max(given_[1], 0)
    unit = 1 << (width - 1)
    over = fixed_point.one_over_one_plus(one(number), width)[0]
    minus = fixed_point.one_minus_over_one_plus(one(number), width)[0]
    assert abs(int(over) - Fraction(unit * unit, unit + number)) <= QUOTIENT[width]
    assert abs(int(minus) - Fraction(unit * (unit - number), unit + number)) <= QUOTIENT[width]


@pytest.mark.parametrize("integer_bits", range(7))
def test_16_bits_everywhere(integer_bits: int) -> None:
    x = np.arange(-(2**15), 2**15)
    real = x / 2.0 ** (15 - integer_bits)
    logistic, tanh = (f(x, integer_bits, 16) for f in (fixed_point.logistic, fixed_point.tanh))
    assert np.abs(logistic - 2**15 / (1 + np.exp(-real))).max() <= LOGISTIC[16]
    assert np.abs(tanh - 2**15 * np.tanh(real)).max() <= TANH[16]
    assert (tanh[1:] == -tanh[:0:-1]).all()


@given(st.integers(1, 2**31 - 1), st.integers(0, 31))
def test_reciprocal(number: int, integer_bits: int) -> None:
    found, shift = fixed_point.reciprocal(one(number), integer_bits)
    exact = Fraction(1 << (31 - integer_bits), number)
    assert abs(Fraction(int(found[0]), 1 << 31) - exact * Fraction(2) ** int(shift[0])) <= Fraction(
        QUOTIENT[32], 1 << 31
    )


@given(st.integers(0, 2**32 - 1))
def test_leading_zeros(number: int) -> None:
    assert fixed_point.leading_zeros(one(number))[0] == 32 - number.bit_length()


@given(st.integers(-(2**31), 2**31 - 1))
def test_constants_of_16_bits(number: int) -> None:
    assert fixed_point.constant(number, 32) == number
    assert fixed_point.constant(number, 16) == half_away(Fraction(number, 1 << 16))
