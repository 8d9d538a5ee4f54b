"""Activations quantized at run time, against scalar arithmetic; FMA against exact rationals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intact.arith import dynamic_range
from intact.arith.dynamic_range import LANES

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-(2.0**60), max_value=2.0**60)
NUMBERS = st.floats(width=32, min_value=-1e6, max_value=1e6, allow_subnormal=False)
ROWS = st.lists(NUMBERS.filter(lambda v: v == 0 or abs(v) > 1e-20), min_size=1, max_size=19)


def nearest_float32(exact: Fraction) -> float:
    """The float32 next to a rational, ties to even: of the two around it, found from a float64 guess."""
    guess = np.float32(float(exact))
    candidates = [guess, np.nextafter(guess, np.float32(np.inf)), np.nextafter(guess, np.float32(-np.inf))]
    distances = [abs(Fraction(float(c)) - exact) for c in candidates]
    best = [c for c, d in zip(candidates, distances, strict=True) if d == min(distances)]
    return float(min(best, key=lambda c: int(c.view(np.uint32)) & 1))


@given(FLOATS, FLOATS, FLOATS)
def test_multiply_add_is_rounded_once(a: float, b: float, c: float) -> None:
    arrays = [np.array([v], np.float32) for v in (a, b, c)]
    (found,) = dynamic_range.fused_multiply_add(*arrays)
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if abs(exact) < 2.0**-126 and exact != 0:
        return  # subnormal: the guess above is no neighbour then
    assert float(found) == nearest_float32(exact)


@given(st.integers(1, 2**24), st.integers(1, 2**24), st.integers(-3, 3), st.integers(-30, 60))
def test_multiply_add_beside_ties(a: int, b: int, off: int, power: int) -> None:
    # c lies such that the sum is near the middle between two float32 numbers, as far as c can say.
    product = a * b
    c = np.float32(-product) + np.float32(2.0**power) + np.float32(off)
    arrays = [np.array([v], np.float32) for v in (a, b, c)]
    (found,) = dynamic_range.fused_multiply_add(*arrays)
    assert float(found) == nearest_float32(Fraction(product) + Fraction(float(c)))


@pytest.mark.parametrize("sign", [1, -1])
def test_multiply_add_where_rounding_twice_fails(sign: int) -> None:
    # The product is 2^-24 - 2^-54; added to 1 + 2^-23 it is just below a tie of float32, and a tie once in float64.
    a, b = np.float32(2.0**-24 * (1 + 2.0**-15)), np.float32(sign * (1 - 2.0**-15))
    c = np.float32(sign * (1 + 2.0**-23))
    (found,) = dynamic_range.fused_multiply_add(*(np.array([v], np.float32) for v in (a, b, c)))
    assert found == c
    assert np.float32(float(a) * float(b) + float(c)) != c


def in_lanes(number: np.float32, index: int, length: int) -> int:
    if index < length // LANES * LANES:
        return int(np.float32(number + np.float32(0.5 if number >= 0 else -0.5)))
    return half_away(Fraction(float(number)))


def half_away(number: Fraction) -> int:
    whole = int(abs(number) + Fraction(1, 2))
    return whole if number >= 0 else -whole


@given(ROWS)
def test_symmetric(row: list[float]) -> None:
    x = np.array([row], np.float32)
    found = dynamic_range.symmetric(x)
    largest = np.abs(x).max()
    assert found.zero_point[0] == 0
    if largest == 0:
        assert found.scale[0] == 1
        return
    assert found.scale[0] == largest / np.float32(127)
    inverse = np.float32(127) / largest
    expected = [in_lanes(np.float32(v * inverse), i, x.size) for i, v in enumerate(x[0])]
    assert found.centred[0].tolist() == [max(-127, min(127, v)) for v in expected]


@given(ROWS)
def test_nearest(row: list[float]) -> None:
    x = np.array([row], np.float32)
    found = dynamic_range.nearest(x)
    largest = np.abs(x).max() or np.float32(127)
    assert found.scale[0] == np.float32(float(largest) / 127.0)
    inverse = np.float32(127.0 / float(largest))
    assert found.centred[0].tolist() == [half_away(Fraction(float(np.float32(v * inverse)))) for v in x[0]]


@given(ROWS)
def test_asymmetric(row: list[float]) -> None:
    x = np.array([row], np.float32)
    found = dynamic_range.asymmetric(x)
    low, high = min(np.float32(0), x.min()), max(np.float32(0), x.max())
    if low == high:
        assert (found.scale[0], found.zero_point[0]) == (1, 0)
        return
    wide = float(np.float32(high - low)) / 255.0
    below, above = -128.0 - float(low) / wide, 127.0 - float(high) / wide
    from_low = 128.0 + abs(float(low) / wide) < 127.0 + abs(float(high) / wide)
    zero = half_away(Fraction(max(-128.0, min(127.0, below if from_low else above))))
    scale = np.float32(wide)
    assert (found.scale[0], found.zero_point[0]) == (scale, zero)
    inverse = np.float32(1.0 / float(scale))
    expected = [in_lanes(np.float32(v * inverse), i, x.size) + zero for i, v in enumerate(x[0])]
    assert found.codes[0].tolist() == [max(-128, min(127, v)) for v in expected]


@given(ROWS)
def test_xnnpack(row: list[float]) -> None:
    x = np.array([row], np.float32)
    found = dynamic_range.xnnpack(x)
    low, high = min(np.float32(0), x.min()), max(np.float32(0), x.max())
    inverse = np.float32(1) if low == high else np.float32(255) / np.float32(high - low)
    below, above = np.float32(low * inverse), np.float32(high * inverse)
    error = np.float32(np.float32(-128) + below) + np.float32(np.float32(127) + above)
    zero = np.float32(-128) - below if error > 0 else np.float32(127) - above
    zero = round(max(-128.0, min(127.0, float(zero))))
    assert (found.scale[0], found.zero_point[0]) == (np.float32(1) / inverse, zero)
    expected = [round(float(np.float32(v * inverse))) + zero for v in x[0]]
    assert found.codes[0].tolist() == [max(-128, min(127, v)) for v in expected]


def test_a_half_is_added_before_the_fraction_is_cut_off() -> None:
    # The largest number below a half becomes 1 where it is added in float32, and 0 where it is rounded.
    below = np.nextafter(np.float32(0.5), np.float32(0))
    row = np.full((1, LANES + 2), below)
    row[0, -1] = 127
    assert dynamic_range.symmetric(row).centred[0].tolist() == [1] * LANES + [0, 127]
    assert dynamic_range.nearest(row).centred[0].tolist() == [0] * (LANES + 1) + [127]


@given(st.floats(width=32, allow_nan=False, min_value=-(2.0**100), max_value=2.0**100))
def test_bfloat16(number: float) -> None:
    found = dynamic_range.to_bfloat16(np.array([number], np.float32))
    assert int(found.view(np.uint32)[0]) & 0xFFFF == 0
    bits = int(np.float32(number).view(np.uint32))
    around = [np.uint32(bits & 0xFFFF0000), np.uint32((bits & 0xFFFF0000) + 0x10000)]
    errors = [abs(Fraction(float(b.view(np.float32))) - Fraction(number)) for b in around]
    best = [b for b, e in zip(around, errors, strict=True) if e == min(errors)]
    assert int(found.view(np.uint32)[0]) == int(min(best, key=lambda b: int(b) >> 16 & 1))


def test_clamp_makes_limits_of_zeros_below() -> None:
    found = dynamic_range.clamp(np.array([-0.0, -1.0, 2.0, 7.0], np.float32), 0.0, 6.0)
    assert found.tolist() == [0, 0, 2, 6]
    assert not np.signbit(found[0])
