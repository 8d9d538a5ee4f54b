"""Sums and means of stored integers.

A mean is a sum times a quotient of scales over the number of terms; what differs from runtime to runtime is where the
division goes. Sums of zero points are subtracted, not terms one by one: sum(q - z) = sum(q) - n * z.
"""

from __future__ import annotations

import numpy as np

from intact.arith.rounding import Array, round_half_away, to_int32, wrap32


def mean_multiplier(multiplier: int, shift: int, count: int) -> tuple[int, int]:
    """Returns the multiplier and shift of a factor divided by a count.

    multiplier / 2^31 * 2^shift / count = ((multiplier * 2^k) / count) / 2^31 * 2^(shift - k). With k the number of bits
    of count less one the new multiplier stays below 2^31 and keeps at least 30 bits; the quotient is cut, so it is less
    than one step of its last bit too small. Shifts below -31 are not allowed, so that k may be smaller and bits lost.

    Args:
        multiplier: Q0.31, in [2**30, 2**31), or 0.
        shift: bits, positive is left, from -31 up.
        count: positive.
    Returns:
        The same kind of pair; the multiplier may be below 2**30.
    Sources:
        tflite/kernels/internal/reference/reduce.h, QuantizedMeanOrSum.
    """
    bits = min(count.bit_length() - 1, 32, 31 + shift)
    return (multiplier << bits) // count, shift - bits


def affine_float32_away(sums: Array, scale: np.float32, offset: np.float32, zero_point: int) -> Array:
    """Returns round(sums * scale + offset) + zero_point in float32, halves away from zero; int64, not clamped.

    Sources:
        tflite/kernels/internal/optimized/reduce.h, QuantizedMeanOrSum.
    """
    rounded = to_int32(round_half_away(sums.astype(np.float32) * scale + offset))
    return wrap32(rounded + zero_point)


def affine_float32_even(sums: Array, scale: np.float32, offset: np.float32) -> Array:
    """Returns rint(sums * scale + offset) in float32, halves to even; whole numbers, not clamped.

    Sources:
        XNNPACK src/xnnpack/reference-utils.h, quantize.
    """
    rounded: Array = np.rint(sums.astype(np.float32) * scale + offset)
    return rounded
