"""Requantization as c/requantize.h has it: every rule of integers as one multiplication, one sum and one shift."""

from __future__ import annotations

from typing import Final

import numpy as np

from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native.call import address
from intact.native.gemm import FIXED, FLOAT32_EVEN, FLOAT64_AWAY, Requantize

_WIDTH: Final = 64
"""Channels that arrays are padded to a multiple of."""

_FLOATS: Final = {"float32-even": FLOAT32_EVEN, "float64-away": FLOAT64_AWAY}


def padded(array: Array, channels: int, filler: int = 0) -> Array:
    """Returns (channels,), where all have one repeated, with `filler` up to a multiple of 64 and at least one."""
    size = max(1, -(-channels // _WIDTH)) * _WIDTH
    result = np.full(size, filler, array.dtype)
    result[:channels] = array
    return result


def requantized(requantization: Requantization, channels: int) -> tuple[Requantize, tuple[Array, ...]] | None:
    """Returns the structure, and the arrays to be kept with it; None where a shift is beyond 64 bits.

    Args:
        channels: of the accumulators; `requantization` has a factor for each, or one.
    """
    r, rule = requantization, requantization.rule
    multiplier, shift = r.multiplier, r.shift
    left, away = np.zeros_like(shift), np.zeros(channels, np.int64)
    if rule in _FLOATS:
        multiplier, shift = np.zeros_like(shift), np.zeros_like(shift)
        offset = threshold = np.zeros_like(shift)
    elif rule.startswith("double"):
        # x86 takes a shift count modulo 32.
        left, right = np.maximum(shift, 0) & 31, np.maximum(-shift, 0)
        half = np.where(right > 0, np.left_shift(np.int64(1), np.maximum(right - 1, 0)), 0)
        threshold = half << 31
        offset, shift = threshold + (1 << 30), 31 + right
        negatives = np.broadcast_to(right > 0, (channels,)) & _ties_away(rule, channels)
        away = np.where(negatives, np.int64(1) << 31, 0)
    else:
        bits = 31
        if rule == "single-16":
            multiplier = np.where(multiplier < 0x7FFF0000, (multiplier + (1 << 15)) >> 16, 0x7FFF)
            bits = 15
        shift = bits - shift
        offset = np.where(shift > 0, np.left_shift(np.int64(1), np.maximum(shift - 1, 0)), 0)
        threshold = np.full_like(shift, np.iinfo(np.int64).min)
    if shift.min(initial=0) < 0 or shift.max(initial=0) > 62:
        return None
    wide = r.wide or rule == "single-16"
    arrays = (
        padded(left.astype(np.int32), channels),
        padded(multiplier.astype(np.int32), channels),
        padded(offset, channels),
        padded(threshold, channels),
        padded(away, channels),
        padded(shift.astype(np.int32), channels, 32),
        padded(r.factor, channels),
    )
    # What ties away from zero change is negative, and clamped to the zero point where that is the smallest result.
    up = not away.any() or r.low >= r.zero_point
    held = 128 if r.dtype == "int8" else 0
    plain = rule not in _FLOATS and not left.any() and bool(np.all(shift >= 32))
    structure = Requantize(
        *(address(a) for a in arrays),
        _FLOATS.get(rule, FIXED),
        r.zero_point,
        r.low,
        r.high,
        held,
        rule == "single-16",
        r.far,
        plain,
        up,
        wide,
    )
    return structure, arrays


def _ties_away(rule: str, channels: int) -> Array:
    """Returns bool (channels,): which of them round ties away from zero after the shift."""
    if rule == "double-up-8":
        return np.arange(channels) >= channels // 8 * 8
    return np.full(channels, rule == "double-away")
