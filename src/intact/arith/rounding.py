"""Multiplier and shift, and every way that runtimes round.

A quotient of scales e, a real number, is written as multiplier / 2^31 * 2^shift, and an accumulator is multiplied by
that. Runtimes differ in how often and which way they round; each way is a rule with a name, and a profile says which
rule an operator follows on a runtime.

    double-away    to an integer after the high multiplication, ties up; after the right shift, ties away from zero
    double-up      the same with ties up both times
    double-up-8    double-up in full blocks of 8 channels, double-away in the channels left over
    single         once, ties up, of the product in 64 bits
    single-16      once, ties up, with the multiplier rounded to 16 bits; what LiteRT does to 64-bit accumulators

Rules that multiply by e itself, in floating point, are in arith/requantize.py.

That the first rounding of gemmlowp's "double" rule is ties up, though its code adds 1 - 2^30 to negative products and
truncates: for p < 0, trunc((p + 1 - 2^30) / 2^31) = -floor((-p - 1 + 2^30) / 2^31) = ceil((p + 1 - 2^30) / 2^31) =
floor((p + 2^30) / 2^31), as ceil((n + 1 - d/2) / d) = floor((n + d/2) / d) for integers n and even d.

Sources:
    tflite/kernels/internal/quantization_util.cc, QuantizeMultiplier; tflite/kernels/internal/common.cc,
    MultiplyByQuantizedMultiplier; gemmlowp/fixedpoint/fixedpoint.h; XNNPACK src/reference/packing.cc and
    src/qs8-requantization. Which runtime follows which was measured: docs/numerics.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.errors import UncoveredError

Array = NDArray[Any]


def quantize_multiplier(factor: float) -> tuple[int, int]:
    """Returns the multiplier and shift of a real factor: factor = multiplier / 2^31 * 2^shift, nearly.

    Args:
        factor: finite, computed in the width that the runtime computes it in.
    Returns:
        multiplier: Q0.31, magnitude in [2**30, 2**31), or 0 where the factor is 0 or below 2^-32.
        shift: bits, positive is left, from -31 up.
    Sources:
        tflite/kernels/internal/quantization_util.cc, QuantizeMultiplier. The half is rounded away from zero.
    """
    if factor == 0.0:
        return 0, 0
    mantissa, shift = math.frexp(factor)
    multiplier = math.floor(abs(mantissa) * 2.0**31 + 0.5)
    if multiplier == 1 << 31:
        multiplier >>= 1
        shift += 1
    if shift < -31:
        return 0, 0
    return (multiplier if factor > 0 else -multiplier), shift


def quantize_multipliers(factors: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns what `quantize_multiplier` does for each of several factors: multipliers and shifts, int64.

    Raises:
        UncoveredError: a factor is not finite.
    """
    if not np.all(np.isfinite(factors)):
        raise UncoveredError("a quotient of scales is not finite")
    mantissa, shift = np.frexp(factors)
    multiplier = np.floor(np.abs(mantissa) * 2.0**31 + 0.5).astype(np.int64)
    shift = shift.astype(np.int64) + (multiplier == 1 << 31)
    multiplier = np.where(multiplier == 1 << 31, 1 << 30, multiplier) * np.sign(factors).astype(np.int64)
    small = (shift < -31) | (factors == 0)
    return np.where(small, 0, multiplier), np.where(small, 0, shift)


def wrap32(number: Array) -> Array:
    """Returns int64 numbers as int32 holds them after an overflow, in two's complement."""
    result: Array = number.astype(np.int32).astype(np.int64)
    return result


def round_half_away(real: Any) -> Any:
    """Returns C's round(): to the nearest integer, halves away from zero, in the type of the argument."""
    whole = np.trunc(real)
    return whole + (np.abs(real - whole) >= 0.5) * np.sign(real)


def to_int32(real: Array) -> Array:
    """Returns whole numbers as int64, as x86 converts them to int32: -2^31 for NaN and all that int32 cannot hold."""
    held = (real >= -(2.0**31)) & (real < 2.0**31)
    result: Array = np.where(held, real, -(2.0**31)).astype(np.int64)
    return result


def shift_right_away(number: Array, bits: Array | int) -> Array:
    """Returns number / 2^bits to the nearest, ties away from zero; integers.

    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, RoundingDivideByPOT.
    """
    half, shifts = _half(bits)
    # A negative tie is kept from going up by the sign bit, -1, unless nothing is shifted out.
    result: Array = np.right_shift(number, 63)
    if not np.all(shifts):
        result = result * shifts
    result = result + number
    result += half
    result >>= bits
    return result


def shift_right_up(number: Array, bits: Array | int) -> Array:
    """Returns number / 2^bits to the nearest, ties towards plus infinity; integers."""
    result: Array = number + _half(bits)[0]
    result >>= bits
    return result


def _half(bits: Array | int) -> tuple[Array, Array]:
    """Returns half of 2^bits, 0 for no bits, and whether there are any."""
    counts = np.asarray(bits, np.int64)
    half: Array = np.left_shift(np.int64(1), np.maximum(counts - 1, 0)) * (counts > 0)
    return half, counts > 0


def high_multiply(number: Array, multiplier: Array | int) -> Array:
    """Returns number * multiplier / 2^31 to the nearest, ties up, saturated where both are -2^31; int64.

    Args:
        number, multiplier: int64 arrays of int32 numbers.
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, SaturatingRoundingDoublingHighMul; the head of this file for the ties.
    """
    high: Array = np.right_shift(number * multiplier + (1 << 30), 31)
    result: Array = np.minimum(high, (1 << 31) - 1)
    return result


def multiply(number: Array, multiplier: Array | int, shift: Array | int, rule: str = "double-away") -> Array:
    """Returns number * multiplier / 2^31 * 2^shift, rounded as a rule of integers says.

    Args:
        number: int64 array, holding int32 but for the rule single-16.
        multiplier: Q0.31, magnitude below 2**31.
        shift: bits, positive is left.
        rule: a key of FIXED.
    Returns:
        int64, not clamped.
    """
    return FIXED[rule](np.asarray(number, np.int64), np.asarray(multiplier), np.asarray(shift))


def _double_away(number: Array, multiplier: Array, shift: Array) -> Array:
    return shift_right_away(multiplied(number, multiplier, shift), np.maximum(-shift, 0))


def _double_up(number: Array, multiplier: Array, shift: Array) -> Array:
    return shift_right_up(multiplied(number, multiplier, shift), np.maximum(-shift, 0))


def _double_up_8(number: Array, multiplier: Array, shift: Array) -> Array:
    whole = number.shape[-1] // 8 * 8
    multiplier, shift = (np.broadcast_to(a, number.shape[-1:]) for a in (multiplier, shift))
    result = _double_up(number, multiplier, shift)
    result[..., whole:] = _double_away(number[..., whole:], multiplier[whole:], shift[whole:])
    return result


def multiplied(number: Array, multiplier: Array, shift: Array) -> Array:
    """Returns number * 2^max(shift, 0) * multiplier / 2^31 to the nearest, ties up: the first of two roundings."""
    # x86 takes a shift count modulo 32, and what is shifted out of int32 is gone.
    left = np.maximum(shift, 0) & 31
    if np.any(left):
        number = wrap32(np.left_shift(number, left))
    # Nothing saturates, as no multiplier is -2^31.
    product: Array = number * multiplier
    product += 1 << 30
    product >>= 31
    return product


def _single(number: Array, multiplier: Array, shift: Array) -> Array:
    return shift_right_up(number * multiplier, 31 - shift)


def _single_16(number: Array, multiplier: Array, shift: Array) -> Array:
    short = np.where(multiplier < 0x7FFF0000, (multiplier + (1 << 15)) >> 16, 0x7FFF)
    return wrap32(shift_right_up(number * short, 15 - shift))


FIXED: Final[dict[str, Callable[[Array, Array, Array], Array]]] = {
    "double-away": _double_away,
    "double-up": _double_up,
    "double-up-8": _double_up_8,
    "single": _single,
    "single-16": _single_16,
}
"""The rules that compute with a multiplier and a shift."""
