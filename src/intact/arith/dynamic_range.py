"""Activations quantized while a model runs, as hybrid kernels do: float32 rows to 8 bits with parameters of each row.

A hybrid kernel reads float32 activations and integer weights. It finds the range of each row of activations (of each
image, for a convolution), quantizes the row, sums integers, and scales the sums back to float32. The four ways of
quantizing here differ in where the zero point lies and in how a half, and what rounds to a half, is rounded; a step of
one code becomes one of a scale times a weight in the result, so they are followed to the bit.

Not followed: infinities and NaN, and rows whose largest magnitude is below about 1e-36, where the reciprocal of the
scale overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import round_half_away

Array = NDArray[Any]
Floats = NDArray[np.float32]

LANES = 8
"""Elements that LiteRT's vector loop rounds at a time; what a row has beyond a multiple is rounded by C's round()."""


@dataclass(frozen=True, eq=False)
class Quantized:
    """Rows as integers: row[i] = scale[i] * centred[i], nearly.

    Args:
        centred: float32 (rows, elements), integers: the codes with their row's zero point taken off.
        scale: float32 (rows,).
        zero_point: int64 (rows,).
    """

    centred: Floats
    scale: Floats
    zero_point: NDArray[np.int64]

    @property
    def codes(self) -> Floats:
        """The codes themselves, float32 (rows, elements)."""
        return self.centred + self.zero_point[:, None].astype(np.float32)


def symmetric(rows: Floats) -> Quantized:
    """Returns rows as LiteRT quantizes them symmetrically: largest magnitude to 127, zero point 0.

    scale = m / 127 and code = round(row * (127 / m)), all in float32, m the largest magnitude. A row of zeros has
    scale 1. The rounding is `_round_in_lanes`.

    Sources:
        tflite/kernels/internal/optimized/neon_tensor_utils.cc, NeonSymmetricQuantizeFloats, compiled for SSE.
    """
    largest = _largest(rows)
    inverse = np.divide(np.float32(127), np.where(largest == 0, np.float32(127), largest), dtype=np.float32)
    codes = _round_in_lanes(rows * inverse[:, None])
    scale = np.where(largest == 0, np.float32(1), largest / np.float32(127))
    return Quantized(np.clip(codes, -127, 127), scale, np.zeros(len(rows), np.int64))


def nearest(rows: Floats) -> Quantized:
    """Returns rows as `symmetric`, but every element rounded by C's round().

    Sources:
        tflite/kernels/internal/optimized/4bit/fully_connected_reference.cc and sse_fully_connected.cc,
        BatchQuantizeFloats4Bit.
    """
    largest = _largest(rows)
    largest = np.where(largest == 0, np.float32(127), largest)
    codes = round_half_away(rows * (np.float32(127) / largest)[:, None])
    return Quantized(codes, largest / np.float32(127), np.zeros(len(rows), np.int64))


def asymmetric(rows: Floats) -> Quantized:
    """Returns rows as LiteRT quantizes them asymmetrically: the range, widened to hold 0, to [-128, 127].

    scale = float32(max - min) / 255 in float64, rounded to float32 afterwards. The zero point is that of the end of
    the range that has the smaller error, in float64, halves away from zero. code = zero point + round(row / scale),
    with the reciprocal of the scale in float32 and the rounding of `_round_in_lanes`.

    Sources:
        tflite/kernels/internal/optimized/neon_tensor_utils.cc, NeonAsymmetricQuantizeFloats, compiled for SSE.
    """
    low, high = _range(rows)
    constant = low == high
    wide = np.where(constant, np.float64(1), (high - low).astype(np.float64) / 255.0)
    below, above = low / wide, high / wide
    from_low = 128.0 + np.abs(below) < 127.0 + np.abs(above)
    zero = np.where(from_low, -128.0 - below, 127.0 - above)
    zero = np.where(constant, 0.0, round_half_away(np.clip(zero, -128.0, 127.0)))
    scale = wide.astype(np.float32)
    inverse: Floats = np.float32(1) / scale
    codes = _round_in_lanes(rows * inverse[:, None])
    zero32 = zero.astype(np.float32)[:, None]
    return Quantized(np.clip(codes, -128 - zero32, 127 - zero32), scale, zero.astype(np.int64))


def xnnpack(rows: Floats) -> Quantized:
    """Returns rows as XNNPACK quantizes them: as `asymmetric`, but all in float32 and halves to even.

    inverse = 255 / (max - min) first; the zero point from the ends times it; code = zero point + rint(row * inverse),
    saturated; the scale is 1 / inverse. A row of zeros has scale 1 and zero point 127.

    Sources:
        XNNPACK: src/xnnpack/quantization.h, src/operator-run.c (xnn_compute_f32_qx8_convert), src/f32-qs8-vcvt.
        Unsigned codes (qdu8) are these plus 128 throughout.
    """
    low, high = _range(rows)
    span = high - low
    inverse = np.where(span == 0, np.float32(1), np.float32(255) / np.where(span == 0, np.float32(1), span))
    below, above = low * inverse, high * inverse
    from_low = (np.float32(-128) + below) + (np.float32(127) + above) > 0
    zero = np.rint(np.clip(np.where(from_low, np.float32(-128) - below, np.float32(127) - above), -128, 127))
    codes = np.rint(np.minimum(rows * inverse[:, None], np.float32(32767)))
    centred = np.clip(codes, -128 - zero[:, None], 127 - zero[:, None])
    scale = np.divide(np.float32(1), inverse, dtype=np.float32)
    return Quantized(centred, scale, zero.astype(np.int64))


def fused_multiply_add(a: Floats, b: Floats, c: Floats) -> Floats:
    """Returns a * b + c rounded once to float32, as the processor's FMA instruction does.

    The product of two float32 numbers is exact in float64. Its sum with c is brought to float64 by rounding to odd: an
    inexact sum is moved to that of its two neighbours whose last bit is 1. As float64 has more than two bits beyond
    float32's, rounding that number to float32 is the same as rounding the exact sum (Boldo and Melquiond, "When double
    rounding is odd", 2005). The error that says whether and where the sum is inexact is exact itself (Knuth's two-sum).
    """
    product = a.astype(np.float64) * b
    added = np.asarray(c, np.float64)
    total = np.asarray(product + added)
    back = total - product
    error = (product - (total - back)) + (added - back)
    bits = total.view(np.int64)
    move = np.where((error > 0) == (total > 0), 1, -1) * ((error != 0) & (bits & 1 == 0))
    odd: Floats = (bits + move).view(np.float64).astype(np.float32)
    return odd


def to_bfloat16(numbers: Floats) -> Floats:
    """Returns float32 numbers rounded to the nearest bfloat16, ties to even, as float32; finite ones only.

    Sources:
        XNNPACK: src/xnnpack/math.h, math_cvt_bf16_fp32.
    """
    bits = np.ascontiguousarray(numbers, np.float32).view(np.uint32)
    rounded: Floats = ((bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)).view(np.float32)
    return rounded


def clamp(numbers: Floats, low: float, high: float) -> Floats:
    """Returns numbers cut to a range; a number equal to a limit, as -0 to 0, becomes the limit."""
    if low != -np.inf:
        numbers = np.where(numbers > low, numbers, np.float32(low))
    if high != np.inf:
        numbers = np.where(numbers < high, numbers, np.float32(high))
    return numbers


def _largest(rows: Floats) -> Floats:
    largest: Floats = np.maximum(np.abs(rows.min(axis=1)), np.abs(rows.max(axis=1)))
    return largest


def _range(rows: Floats) -> tuple[Floats, Floats]:
    zero = np.float32(0)
    return np.minimum(rows.min(axis=1), zero), np.maximum(rows.max(axis=1), zero)


def _round_in_lanes(numbers: Floats) -> Floats:
    """Returns numbers rounded as LiteRT rounds a row on x86.

    The vector loop adds a half of the number's sign in float32 and cuts the fraction off, so that 0.49999997, to which
    a half adds up to 1, becomes 1. It takes LANES elements at a time; the rest are rounded exactly, halves away from 0.
    """
    count = numbers.shape[1] // LANES * LANES
    result = np.empty_like(numbers)
    head = numbers[:, :count]
    # A negative number gets -1 + 0.5; both -0 and 0 get 0.5.
    np.trunc(head + np.where(head < 0, np.float32(-0.5), np.float32(0.5)), out=result[:, :count])
    result[:, count:] = round_half_away(numbers[:, count:])
    return result
