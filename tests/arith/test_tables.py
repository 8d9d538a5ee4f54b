"""Functions by table, and in integers: against exact numbers and against what they are to be."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intact.arith import fixed_log, libm, lut, powers, roots, sigmoid16

getcontext().prec = 40


def one(number: int) -> np.ndarray:
    return np.array([number], np.int64)


@given(st.integers(0, 2**31 - 1))
def test_inverse_root(number: int) -> None:
    multiplier, shift = roots.inverse_root(one(number))
    assert shift[0] <= 0
    assert 0 < multiplier[0] < 2**31
    found = Fraction(int(multiplier[0]), 2**31) * Fraction(2) ** int(shift[0])
    # found^2 * number is 1: off by at most 2^-18, which five steps from 1 leave of numbers near 2^27.
    assert abs(found * found * max(number, 1) - 1) < Fraction(1, 2**18)


@given(st.integers(2**19, 2**31 - 1))
def test_log(number: int) -> None:
    found = int(fixed_log.log(one(number), 12, 5)[0])
    assert abs(found - (Decimal(number) / 2**19).ln() * 2**26) < 8


@pytest.mark.parametrize(
    ("name", "low", "high"), [("exp", -80, 80), ("log", 1e-6, 1e6), ("tanh", -9, 9), ("expm1", -9, 9), ("erfc", -3, 3)]
)
def test_libm_is_within_units_in_the_last_place(name: str, low: float, high: float) -> None:
    x = np.random.default_rng(0).uniform(low, high, 2000)
    precise = np.array([getattr(math, name)(float(v)) for v in x.astype(np.float32)])
    found = libm.libm(name, x.astype(np.float32))
    assert found.dtype == np.float32
    # 6 units: erfcf's error is up to 4 near 3.
    assert (np.abs(found - precise) <= 6 * np.spacing(np.abs(precise).astype(np.float32))).all()
    assert libm.libm(name, x).tolist() == [getattr(math, name)(v) for v in x.tolist()]


def test_libm_overflows_to_infinity() -> None:
    assert libm.libm("exp", np.array([1000.0])) == math.inf
    assert libm.libm("exp", np.array([1000.0], np.float32)) == math.inf


def test_tables_of_8_bits_round_as_they_say() -> None:
    def half(real: np.ndarray) -> np.ndarray:
        return real / np.float32(2)

    step = np.float32(1)
    away = lut.table8(half, step, 0, step, 1, (-128, 127))
    even = lut.table8_even(half, step, 0, step, 1, (-128, 127))
    codes = range(-128, 128)
    assert away.tolist() == [1 + int(math.copysign(math.floor(abs(Fraction(q, 2)) + Fraction(1, 2)), q)) for q in codes]
    # The zero point is added first: of q/2 + 1, halves go to the even integer.
    assert even.tolist() == [round(Fraction(q, 2) + 1) for q in codes]


def test_lines_meet_a_straight_function_everywhere() -> None:
    reals = np.float64(-32768), np.float64(32767)
    table = lut.table16(lambda real: real / 2, reals, reals, np.float64)
    x = np.arange(-32768, 32768)
    # Results are scaled by 65536 / 65535.
    assert np.abs(lut.look_up16(x, table) - x / 2 * 65536 / 65535).max() <= 1


def test_lines_wrap_in_16_bits() -> None:
    table = np.zeros(513, np.int64)
    table[256], table[257] = -32768, 32767
    # The slope, 65535, is -1 in 16 bits.
    assert lut.look_up16(np.array([0, 64, 127]), table).tolist() == [-32768, -32768, 32767]


@pytest.mark.parametrize(
    ("scale", "exponent"), [(2.0**-12, -12), (2.0**-11, -11), (2.0**-12 * 1.0005, -12), (3e-4, None)]
)
def test_powers_of_two(scale: float, exponent: int | None) -> None:
    assert powers.power_of_two(np.float32(scale)) == exponent


def test_sigmoids_of_16_bits() -> None:
    x = np.arange(-(2**17), 2**17)
    real = x / (3 * 4096)
    assert np.abs(sigmoid16.logistic(x) - 2**15 / (1 + np.exp(-real))).max() < 1.6
    assert np.abs(sigmoid16.tanh(x) - 2**15 * np.tanh(real)).max() < 2.6


@given(st.floats(2.0**-20, 2.6))
def test_multipliers_of_16_bits(scale: float) -> None:
    multiplier, shift = sigmoid16.multiplier(np.float32(scale))
    exact = Fraction(float(np.float32(scale))) * 3 * 4096 * 2**shift
    assert 2**14 - 1 <= multiplier < 2**15
    assert 0 <= exact - multiplier < 1
