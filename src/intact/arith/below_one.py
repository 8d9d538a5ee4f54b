"""Multiplication by a factor below one, and what LiteRT's function for that returns for other factors.

Some kernels call MultiplyByQuantizedMultiplierSmallerThanOneExp with shifts that it was not written for. Its last step
is gemmlowp's RoundingDivideByPOT by 2^bits, and C leaves a shift by less than 0 or more than 31 bits open. What an x86
processor makes of it is reproduced here: a count of a 32-bit shift is taken modulo 32, that of the 64-bit shift which
makes the mask of what is cut off modulo 64. For bits in [-31, -1] and in [32, 63] the mask then has all 32 bits set,
as an int32 is -1: all of the number counts as cut off, and half of the mask, by which a remainder is judged, is -1 for
numbers from 0 on, 0 for negative ones. So a number from 0 on is always rounded up, a negative one never.

Sources:
    tflite/kernels/internal/common.h, MultiplyByQuantizedMultiplierSmallerThanOneExp with double rounding;
    gemmlowp/fixedpoint/fixedpoint.h, RoundingDivideByPOT. Measured through DIV and comparisons: docs/numerics.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import high_multiply, shift_right_away

Array = NDArray[Any]


def multiply_below_one(number: Array, multiplier: int, shift: Array | int) -> Array:
    """Returns number * multiplier / 2^31 * 2^shift, rounded after each step; int64.

    Args:
        number: int64 array of int32 numbers.
        multiplier: Q0.31.
        shift: bits, meant to be in [-31, 0]; the head of this file says what others do. Above -64.
    """
    bits = -np.asarray(shift, np.int64)
    high = high_multiply(number, multiplier)
    meant = (bits >= 0) & (bits < 32)
    astray = np.right_shift(high, bits & 31) + (high >= 0)
    result: Array = np.where(meant, shift_right_away(high, np.where(meant, bits, 0)), astray)
    return result
