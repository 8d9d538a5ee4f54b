"""One pass over floats, and products of signs: the kernels at every level against NumPy and against plain sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from intact.arith.binary import multiply_signs, pack_signs
from intact.arith.buckets import SPAN, bucket, count_buckets
from intact.arith.statistics import summary
from intact.native.library import Absence, Library, load

NUMPY = Absence("asked", "compared")
LEVELS = list(getattr(load(), "levels", ()))
every_level = pytest.mark.parametrize("level", LEVELS)


def library(level: str) -> Library:
    found = load(level)
    assert isinstance(found, Library)
    return found


@every_level
@given(arrays(np.float32, st.integers(0, 70), elements=st.floats(width=32)), st.integers(0, 40), st.data())
def test_a_summary_is_numpy_s(level, numbers, bins, data) -> None:
    low = data.draw(st.floats(-100, 100, width=32))
    span = low, low + data.draw(st.floats(0.125, 1000, width=32))
    left, right = summary(numbers, bins, span, library(level)), summary(numbers, bins, span, NUMPY)
    assert (left.min, left.max, left.nans, left.infinities) == (right.min, right.max, right.nans, right.infinities)
    assert (left.below, left.above) == (right.below, right.above)
    np.testing.assert_array_equal(left.histogram, right.histogram)
    counted = 0 if left.histogram is None else left.histogram.sum() + left.below + left.above
    assert counted + left.nans + left.infinities == (numbers.size if bins else left.nans + left.infinities)


@every_level
def test_what_is_not_finite_is_counted_and_left_out(level) -> None:
    found = summary(np.float32([1, np.nan, -np.inf, 3, np.inf, np.nan, -2]), 5, (0, 5), library(level))
    assert (found.min, found.max, found.nans, found.infinities) == (-2.0, 3.0, 2, 2)
    assert (found.histogram.tolist(), found.below, found.above) == ([0, 1, 0, 1, 0], 1, 0)


@every_level
@given(st.integers(0, 5), st.integers(0, 9), st.integers(1, 200), st.integers(0, 2**31))
def test_products_of_signs(level, rows, outputs, depth, seed) -> None:
    rng = np.random.default_rng(seed)
    a, b = (rng.choice([-1, 1], (n, depth)) for n in (rows, outputs))
    packed = pack_signs(a), pack_signs(b)
    right = multiply_signs(*packed, depth, NUMPY)
    np.testing.assert_array_equal(right, a @ b.T)
    left = multiply_signs(*packed, depth, library(level))
    assert (left.dtype, left.tolist()) == (right.dtype, right.tolist())


@every_level
def test_a_span_beyond_float32_does_no_harm(level) -> None:
    numbers = np.float32([3e38, -3e38, 0])
    for span in ((-3e38, np.inf), (-3e38, 3.4e38)):
        left, right = (summary(numbers, 4, span, kernels) for kernels in (library(level), NUMPY))
        assert left.histogram.tolist() == right.histogram.tolist()
        assert (left.below, left.above) == (right.below, right.above)


@every_level
@given(
    arrays(np.float32, st.integers(0, 3000) | st.integers(0, 20), elements=st.floats(-(2.0**100), 2.0**100, width=32))
)
def test_buckets_are_numpy_s(level, numbers) -> None:
    top = bucket(np.abs(numbers).max(initial=0)) + numbers.size % 3
    left, right = (np.ones((2, SPAN + 1), np.int64) for _ in range(2))
    count_buckets(numbers, top, left, library(level))
    count_buckets(numbers, top, right, NUMPY)
    np.testing.assert_array_equal(left, right)
    assert left.sum() - left.size == numbers.size


@every_level
def test_buckets_of_every_size(level) -> None:
    every = np.arange(0, 0x7F800000, 4099, np.uint32).view(np.float32)  # from 0 over the subnormal to the largest
    for top in (bucket(every[-1]), bucket(2.0**-100)):
        numbers = every[every.view(np.uint32) >> 16 <= top]
        numbers = np.concatenate([numbers, -numbers])
        left, right = (np.zeros((2, SPAN + 1), np.int64) for _ in range(2))
        count_buckets(numbers, top, left, library(level))
        count_buckets(numbers, top, right, NUMPY)
        np.testing.assert_array_equal(left, right)
        assert left[0].tolist() == left[1].tolist()
