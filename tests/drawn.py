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
def filters(draw: st.DrawFn, shape: tuple[int, ...], axis: int | None, dtype: str = "int8") -> Constant:
    """Weights in narrow range with a scale for each channel along `axis`, or one for all where it is None."""
    rng = np.random.default_rng(draw(SEEDS))
    if dtype == "uint8":
        return Constant(rng.integers(0, 256, shape).astype(np.uint8), draw(scales()), draw(st.integers(0, 255)))
    array = rng.integers(-127, 128, shape).astype(np.int8)
    scale = draw(scales(1e-3, 0.05))
    return Constant(array, scale if axis is None else scale * rng.uniform(0.1, 3.0, shape[axis]), axis=axis or 0)


def fitting(terms: int, input_scale: float, filter_scale: float, activation_dtype: str, draw: st.DrawFn) -> Codes:
    """A result whose range is about as wide as a sum of `terms` products of random codes makes it."""
    reach = 127 * (32768 if activation_dtype == "int16" else 128) * np.sqrt(terms) / 3
    spread = input_scale * filter_scale * reach / (DType(activation_dtype).limits[1])
    scale = float(np.float32(spread * draw(st.floats(0.3, 3.0))))
    return Codes((), activation_dtype, scale, draw(zero_points(activation_dtype)))
