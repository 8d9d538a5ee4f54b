"""exp, reciprocals, logistic and tanh in fixed point, as gemmlowp computes them.

A number in Qm.n is an integer that counts steps of 2^-n; m + n is 31 for int32 and 15 for int16, the sign apart. Every
function takes int64 arrays that hold integers of `width` bits, 32 or 16, and returns the like; results are in Q0.31 or
Q0.15, where 1 is the largest integer. The same formulas hold for both widths; the constants of 16 bits are those of 32,
rounded.

Products are rounded once, halves up (`high_product`); what is shifted right is rounded, halves away from zero; what is
shifted left saturates. The vector code for SSE and NEON gives the same integers as the scalar code.

Sources:
    gemmlowp/fixedpoint/fixedpoint.h; Jacob et al. 2018 (arXiv 1712.05877), appendix A.1.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import shift_right_away

Array = NDArray[Any]

_EXP_POWERS: Final = {
    -2: 1672461947,
    -1: 1302514674,
    0: 790015084,
    1: 290630308,
    2: 39332535,
    3: 720401,
    4: 242,
}
"""round(2^31 * exp(-2^k)) by k."""

_EXP_EIGHTH: Final = 1895147668
"""round(2^31 * exp(-1/8))."""

_THIRD: Final = 715827883
"""round(2^31 / 3)."""

_48_17: Final = 1515870810
"""round(2^29 * 48/17): in Q2.29."""

_32_17: Final = 1010580540
"""round(2^29 * 32/17): in Q2.29."""


def constant(number: int, width: int) -> int:
    """Returns a constant of 32 bits in a width, rounded with halves away from zero."""
    return int(shift_right_away(np.array(number, np.int64), 32 - width))


def high_product(a: Array | int, b: Array | int, width: int = 32) -> Array:
    """Returns a * b / 2^(width-1) to the nearest, halves up, saturated where both are the smallest integer.

    In Qm.n times Qk.l the product is in Q(m+k): integer bits add up.

    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, SaturatingRoundingDoublingHighMul; arith/rounding.py for the halves.
    """
    bits = width - 1
    high: Array = np.right_shift(np.asarray(a, np.int64) * b + (1 << (bits - 1)), bits)
    result: Array = np.minimum(high, (1 << bits) - 1)
    return result


def times_power(number: Array, exponent: int, width: int = 32) -> Array:
    """Returns number * 2^exponent: saturated to the left, rounded with halves away from zero to the right.

    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, SaturatingRoundingMultiplyByPOT.
    """
    if exponent <= 0:
        return shift_right_away(number, -exponent)
    top = 1 << (width - 1)
    # Clipped first, so that int64 holds what is shifted.
    result: Array = np.clip(np.left_shift(np.clip(number, -top, top - 1), exponent), -top, top - 1)
    return result


def half_of_one_and(number: Array, width: int = 32) -> Array:
    """Returns (1 + number) / 2 in Q0, rounded with halves away from zero.

    Args:
        number: in Q0, not negative.
    """
    result: Array = np.right_shift(number + (1 << (width - 1)), 1)
    return result


def exp_of_negative(number: Array, integer_bits: int, width: int = 32) -> Array:
    """Returns exp(number) in Q0 for numbers that are not positive.

    The number is written as -(r + sum of c_k * 2^k), k from -2 on, c_k 0 or 1, with r in (0, 1/4]. exp(-r) comes from a
    polynomial and is multiplied by exp(-2^k) for each c_k that is 1. 0, which is no such sum, gives 1; numbers below
    -32 give 0.

    Args:
        number: in Q(integer_bits).
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, exp_on_negative_values.
    """
    fraction = width - 1 - integer_bits
    quarter = 1 << (fraction - 2)
    within = np.bitwise_and(number, quarter - 1) - quarter
    result = _exp_of_quarter(times_power(within, integer_bits, width), width)
    rest = within - number
    for exponent, factor in _EXP_POWERS.items():
        if integer_bits > exponent:
            multiplied = high_product(result, constant(factor, width), width)
            result = np.where(np.bitwise_and(rest, 1 << (fraction + exponent)) != 0, multiplied, result)
    if integer_bits > 5:
        result = np.where(number < -(32 << fraction), 0, result)
    return np.where(number == 0, (1 << (width - 1)) - 1, result)


def _exp_of_quarter(number: Array, width: int) -> Array:
    # exp(a) for a in [-1/4, 0) in Q0: with x = a + 1/8, exp(-1/8) * (1 + x + x^2/2 + x^3/6 + x^4/24).
    def times(a: Array, b: Array | int) -> Array:
        return high_product(a, b, width)

    x = number + (1 << (width - 4))
    x2 = times(x, x)
    x3 = times(x2, x)
    x4 = times(x2, x2)
    tail = times_power(times(times_power(x4, -2, width) + x3, constant(_THIRD, width)) + x2, -1, width)
    factor = constant(_EXP_EIGHTH, width)
    result: Array = np.minimum(factor + times(x + tail, factor), (1 << (width - 1)) - 1)
    return result


def _newton(half: Array, width: int) -> Array:
    # 1 / half in Q2 for half in [1/2, 1] in Q0: three steps x += x * (1 - half * x) from 48/17 - 32/17 * half.
    one = 1 << (width - 3)
    x = constant(_48_17, width) + high_product(half, -constant(_32_17, width), width)
    for _ in range(3):
        x = x + times_power(high_product(x, one - high_product(half, x, width), width), 2, width)
    return x


def one_over_one_plus(number: Array, width: int = 32) -> Array:
    """Returns 1 / (1 + number) in Q0.

    Args:
        number: in Q0, from 0 on.
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, one_over_one_plus_x_for_x_in_0_1.
    """
    # What Newton's steps find is 2 / (1 + number) in Q2; half of it is the same integer in Q1, and Q0 is twice that.
    return times_power(_newton(half_of_one_and(number, width), width), 1, width)


def one_minus_over_one_plus(number: Array, width: int = 32) -> Array:
    """Returns (1 - number) / (1 + number) = 2 / (1 + number) - 1 in Q0.

    Args:
        number: in Q0, from 0 on.
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, one_minus_x_over_one_plus_x_for_x_in_0_1.
    """
    return times_power(_newton(half_of_one_and(number, width), width) - (1 << (width - 3)), 2, width)


def logistic(number: Array, integer_bits: int, width: int = 32) -> Array:
    """Returns 1 / (1 + exp(-number)) in Q0; of a negative number it is 1 less that of its magnitude.

    Args:
        number: in Q(integer_bits).
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, logistic.
    """
    positive = one_over_one_plus(exp_of_negative(-np.abs(number), integer_bits, width), width)
    one = (1 << (width - 1)) - 1
    result: Array = np.where(number > 0, positive, one - positive)
    return np.where(number == 0, 1 << (width - 2), result)


def tanh(number: Array, integer_bits: int, width: int = 32) -> Array:
    """Returns the hyperbolic tangent in Q0, from (1 - exp(-2x)) / (1 + exp(-2x)) of the magnitude x.

    Near 0 the error is larger than the result, which may have the wrong sign: in 16 bits 1 step gives -8 steps.

    Args:
        number: in Q(integer_bits).
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, tanh.
    """
    # An integer in Q(m) is twice itself in Q(m+1).
    falling = exp_of_negative(-np.abs(number), integer_bits + 1, width)
    magnitude = one_minus_over_one_plus(falling, width)
    result: Array = np.sign(number) * magnitude
    return result


def reciprocal(number: Array, integer_bits: int) -> tuple[Array, Array]:
    """Returns 1 / number as a number in Q0.31, (1/2, 1], and a right shift in bits.

    With z leading zeros number is (1 + t) * 2^(integer_bits - z), t in [0, 1); the first result is 1 / (1 + t), the
    second integer_bits - z.

    Args:
        number: in Q(integer_bits) of 32 bits, positive.
    Sources:
        tflite/kernels/internal/common.h, GetReciprocal.
    """
    zeros = leading_zeros(number)
    t = np.left_shift(number, zeros) - (1 << 31)
    return one_over_one_plus(t), integer_bits - zeros


def leading_zeros(number: Array) -> Array:
    """Returns how many of 32 bits are 0 before the first that is 1; for numbers from 0 to 2^32 - 1."""
    _, exponent = np.frexp(number.astype(np.float64))
    result: Array = 32 - exponent.astype(np.int64)
    return result
