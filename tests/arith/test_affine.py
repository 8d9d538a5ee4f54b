from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from intact.arith import affine

RANGES = st.tuples(st.floats(-1e6, 1e6, width=32), st.floats(-1e6, 1e6, width=32)).map(sorted)
TYPES = st.sampled_from([(-128, 127), (0, 255), (-32768, 32767)])


@given(RANGES, TYPES)
def test_zero_is_an_integer_and_the_range_fits(limits: list[float], stored: tuple[int, int]) -> None:
    low, high = limits
    qmin, qmax = stored
    scale, zero_point = affine.asymmetric(low, high, qmin, qmax)
    assert np.float32(scale) == scale > 0
    assert np.isfinite(scale)
    assert qmin <= zero_point <= qmax
    # The zero point is rounded and the scale is float32: an end may be cut by half a step and what float32 rounds off.
    slack = scale * (0.5 + (qmax - qmin) * 2.0**-23)
    assert scale * (qmin - zero_point) <= min(low, 0) + slack
    assert scale * (qmax - zero_point) >= max(high, 0) - slack


def test_ranges_of_nothing_but_zero() -> None:
    assert affine.asymmetric(0.0, 0.0, -128, 127) == (2**-8, 0)
    assert affine.asymmetric(0.0, 0.0, 0, 255, floor=0.5) == (0.5, 0)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1e-45), (-1e-38, 1e-38), (0.0, 3.4e38), (-3.4e38, 3.4e38)])
def test_extreme_ranges_give_scales_that_float32_holds(low: float, high: float) -> None:
    scale, _ = affine.asymmetric(low, high, -128, 127)
    assert affine.MIN_SCALE <= scale < np.inf


@pytest.mark.parametrize("low", [np.nan, -np.inf])
def test_ranges_must_be_finite(low: float) -> None:
    with pytest.raises(ValueError, match="is not finite"):
        affine.asymmetric(low, 1.0, -128, 127)


def test_dead_channels_take_a_scale_like_their_neighbours() -> None:
    assert affine.symmetric(np.array([0.0, 127.0, 254.0]), 127).tolist() == [2.0, 1.0, 2.0]
    assert affine.symmetric(np.array([0.0, 0.0]), 127).tolist() == [2**-8, 2**-8]
    with pytest.raises(ValueError, match="NaN or infinity"):
        affine.symmetric(np.array([np.nan]), 127)


@given(
    hnp.arrays(np.float32, hnp.array_shapes(max_dims=4, max_side=5), elements=st.floats(-100, 100, width=32)),
    st.integers(-3, 3),
    st.integers(-128, 127),
    st.data(),
)
def test_quantize_is_the_formula(array: np.ndarray, exponent: int, zero_point: int, data: st.DataObject) -> None:
    axis = data.draw(st.sampled_from([None, *range(array.ndim)]))
    count = 1 if axis is None else array.shape[axis]
    # Powers of two divide exactly in float32, so the exact quotient is what the kernel rounds.
    scale = (2.0 ** (exponent - np.arange(count) % 3)).astype(np.float32)
    stored = affine.quantize(array, scale, zero_point, -128, 127, "int8", axis)
    shape = [1] * array.ndim
    if axis is not None:
        shape[axis] = -1
    divisor = np.broadcast_to(scale.reshape(shape), array.shape)
    for q, x, s in zip(stored.flat, array.flat, divisor.flat, strict=True):
        exact = Fraction(float(x)) / Fraction(float(s))
        rounded = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
        assert q == min(max(rounded + zero_point, -128), 127)


@pytest.mark.parametrize("half", [*range(-9, 10, 2), 2**22 - 1])
def test_the_neighbours_of_a_tie_go_where_they_belong(half: int) -> None:
    tie = np.float32(half / 2)
    reals = np.array([np.nextafter(tie, np.float32(-np.inf)), tie, np.nextafter(tie, np.float32(np.inf))])
    away = np.trunc(np.float64(tie) + np.copysign(0.5, tie))
    stored = affine.quantize(reals, np.ones(1, np.float32), 0, -(2**23), 2**23, "int32").tolist()
    assert stored == ([np.floor(tie), away, np.ceil(tie)])


@given(hnp.arrays(np.int8, 7), st.floats(2.0**-20, 2.0**20, width=32), st.integers(-128, 127))
def test_what_was_dequantized_quantizes_to_itself(stored: np.ndarray, scale: float, zero_point: int) -> None:
    factor = np.array([scale], np.float32)
    real = affine.dequantize(stored, factor, np.array([zero_point]))
    assert (affine.quantize(real, factor, zero_point, -128, 127, "int8") == stored).all()


def test_infinities_saturate() -> None:
    array = np.array([-np.inf, np.inf], np.float32)
    assert affine.quantize(array, np.ones(1, np.float32), 3, -128, 127, "int8").tolist() == [-128, 127]


def test_large_arrays_are_cut_into_the_same_numbers() -> None:
    array = np.random.default_rng(0).normal(size=(3, 70_001)).astype(np.float32)
    scale = np.array([0.01, 0.02, 0.03], np.float32)
    cut = affine.quantize(array, scale, 0, -127, 127, "int8", 0)
    rows = [affine.quantize(row, scale[i : i + 1], 0, -127, 127, "int8") for i, row in enumerate(array)]
    assert (cut == np.stack(rows)).all()


@given(st.floats(-1e6, 1e6, width=32), st.floats(1e-9, 1.0), st.floats(0, 2.0**30))
def test_at_the_floor_the_accumulator_fits(bias: float, input_scale: float, products: float) -> None:
    floor = affine.weight_scale_floor(np.array([bias]), input_scale, np.array([products]))[0]
    if floor == 0:
        return
    total = abs(Fraction(bias)) / (Fraction(input_scale) * Fraction(floor)) + Fraction(products)
    # The floor is a float64; the guard then takes the next float32 above it.
    assert total <= 2**31 - 1 + Fraction(2**31, 10**9)


def test_a_bias_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OverflowError, match="does not fit 32 bits"):
        affine.quantize_bias(np.array([1.0], np.float32), np.array([1e-12]))
    with pytest.raises(ValueError, match="NaN or infinity"):
        affine.quantize_bias(np.array([np.nan], np.float32), np.array([1.0]))


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_magnitudes(axis: int | None) -> None:
    array = np.array([[1.0, -5.0], [2.0, 3.0]], np.float32)
    expected = {None: [5.0], 0: [5.0, 3.0], -1: [2.0, 5.0]}[axis]
    assert affine.magnitudes(array, axis).tolist() == expected


def test_a_quotient_beyond_float32_is_clamped() -> None:
    """Constants of operators may be as large as they like: padding with the lowest number there is."""
    reals = np.array([-3.4e38, 3.4e38], np.float32)
    assert affine.quantize(reals, np.array([1e-3], np.float32), 0, -128, 127, "int8").tolist() == [-128, 127]
