"""Strategies that the tests of several operators draw from: scales, zero points, windows."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from intact.ir.types import DType
from intact.ops.attributes import FusedActivation, Padding
from integer import Codes, Constant

CLAMPS = st.sampled_from([a for a in FusedActivation if a.is_clamp])
PADDINGS = st.sampled_from(list(Padding))
SEEDS = st.integers(0, 2**16)


def scales(low: float = 1e-3, high: float = 0.5) -> st.SearchStrategy[float]:
    """float32 numbers, evenly over the magnitudes."""
    return st.floats(np.log(low), np.log(high)).map(lambda e: float(np.float32(np.exp(e))))


def zero_points(dtype: str) -> st.SearchStrategy[int]:
    """All that the type has, 0 for int16."""
    return st.just(0) if dtype == "int16" else st.integers(*DType(dtype).limits)


@st.composite
def codes(draw: st.DrawFn, shape: tuple[int, ...], dtype: str = "int8", low: float = 1e-3, high: float = 0.5) -> Codes:
    """A run-time tensor with parameters of its own; int16 scales are 256 times smaller."""
    fine = 256 if dtype == "int16" else 1
    return Codes(shape, dtype, draw(scales(low / fine, high / fine)), draw(zero_points(dtype)))


@st.composite
def every_code(draw: st.DrawFn, dtype: str = "int8", low: float = 1e-3, high: float = 0.5) -> Codes:
    """A run-time tensor that is large enough to have nearly all codes of an 8-bit type."""
    return draw(codes((2048,), dtype, low, high))


@st.composite
def filters(draw: st.DrawFn, shape: tuple[int, ...], axis: int | None, dtype: str = "int8") -> Constant:
    """Weights with a scale for each channel along `axis`, or one for all where it is None."""
    rng = np.random.default_rng(draw(SEEDS))
    if dtype == "uint8":
        return Constant(rng.integers(0, 256, shape).astype(np.uint8), draw(scales()), draw(st.integers(0, 255)))
    low, high = DType(dtype).limits
    array = rng.integers(low + (dtype == "int8"), high + 1, shape).astype(np.int8)
    scale = draw(scales(1e-3, 0.05))
    several = scale if axis is None else scale * rng.uniform(0.1, 3.0, shape[axis])
    return Constant(array, several, axis=axis or 0, dtype=None if dtype == "int8" else dtype)


@st.composite
def biases(
    draw: st.DrawFn, count: int, x: Codes, filter_: Constant, dtype: str = "int32", *, scaled: bool = False
) -> Constant:
    """A bias, mostly with the scales that it should have, which XNNPACK wants to see; always where `scaled` is set."""
    rng = np.random.default_rng(draw(SEEDS))
    largest = 3_000_000 if x.dtype == "int16" else 30_000
    array = rng.integers(-largest, largest + 1, count).astype(dtype)
    if not scaled and x.dtype != "uint8" and draw(st.integers(0, 3)) == 0:
        return Constant(array)
    return Constant(array, np.float32(x.scale) * np.atleast_1d(np.asarray(filter_.scale, np.float32)))


@st.composite
def outputs(draw: st.DrawFn, terms: int, x: Codes, filter_: Constant | Codes) -> Codes:
    """A result whose range is about as wide as a sum of `terms` products of random codes makes it."""
    low, high = DType(x.dtype).limits
    reach = (high - low) / 2 * DType(filter_.dtype or "int8").limits[1] * np.sqrt(terms) / 3
    product = float(x.scale) * float(np.mean(filter_.scale))
    factor = reach / (high - low) * 2 * draw(st.floats(0.3, 3.0))
    # Quotients of scales next to a power of two make many ties.
    factor = draw(st.sampled_from([factor, 2.0 ** round(np.log2(factor))]))
    return Codes((), x.dtype, float(np.float32(product * factor)), draw(zero_points(x.dtype)))


@st.composite
def _reduced(draw: st.DrawFn) -> tuple[tuple[int, ...], list[int]]:
    rank = draw(st.integers(1, 5))
    sizes = st.integers(1, 40 if rank < 3 else 20 if rank == 3 else 7)
    shape = tuple(draw(st.lists(sizes, min_size=rank, max_size=rank)))
    if rank == 4 and draw(st.booleans()):  # images have kernels of their own, in blocks of 16 channels
        shape = (*shape[:3], draw(st.sampled_from([1, 5, 15, 16, 17, 33])))
        return shape, draw(st.sampled_from([[1, 2], [2, 1], [-2, 1]]))
    return shape, draw(st.lists(st.integers(-rank, rank - 1), min_size=1, max_size=rank))


REDUCED = _reduced()
"""A shape, and dimensions to reduce: in any order, from the end, some twice."""
