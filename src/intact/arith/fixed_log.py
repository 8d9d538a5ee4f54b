"""The natural logarithm in fixed point, as LOG_SOFTMAX's integer kernel takes it.

Sources:
    tflite/kernels/internal/common.h, log_x_for_x_greater_than_or_equal_to_1_impl.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.fixed_point import high_product, leading_zeros, one_over_one_plus, times_power

Array = NDArray[Any]

_LOG_2: Final = 1488522236
_ROOT_HALF: Final = 1518500250
_FOURTH_ROOT_HALF: Final = 1805811301
_ALPHA_N: Final = 117049297
_ALPHA_D: Final = 127690142
_ALPHA_I: Final = 1057819769
_ALPHA_F: Final = 638450708
"""With w = 2^(1/4): log 2, 1/w^2, 1/w, w * 11/240, w / 20, 2/w - w, w / 4, all in Q0.31."""

_SMALLEST, _LARGEST = -(1 << 31), (1 << 31) - 1


def log(number: Array, integer_bits: int, output_bits: int) -> Array:
    """Returns the logarithm, in Q(output_bits).

    The number is 2^p * r with r within a factor of 2^(1/4) of 2^(-1/4) and p counted in quarters: of the two ways to
    write it so, one with the number itself and one with the number times sqrt(1/2), the smaller r and the larger p are
    taken. log(number) = p * log 2 + log(r * 2^(1/4)), the second from a quotient of polynomials in
    q = 2 * (r - 2^(-1/4)), the denominator by one_over_one_plus.

    Args:
        number: int64 array, in Q(integer_bits) of 32 bits, from 1 on.
        output_bits: integer bits of the result; enough for the logarithm of the largest number.
    Returns:
        int64, errors of a few steps of 2^(output_bits - 30).
    """
    wide = output_bits + 1
    quarter = times_power(np.array(1 << 29, np.int64), -wide)

    zeros = leading_zeros(number)
    r_a = _shift_left(high_product(_shift_left(number, zeros - 1), _ROOT_HALF), np.ones_like(zeros))
    power_a = np.clip(_shift_left(integer_bits - zeros, np.full_like(zeros, 31 - wide)) + quarter, _SMALLEST, _LARGEST)

    room = leading_zeros(high_product(number, _ROOT_HALF)) - 1
    r_b = _shift_left(number, room)
    power_b = np.clip(_shift_left(integer_bits - room, np.full_like(zeros, 31 - wide)) - quarter, _SMALLEST, _LARGEST)

    r, power = np.minimum(r_a, r_b), np.maximum(power_a, power_b)
    p = np.right_shift(r + _FOURTH_ROOT_HALF + 1, 1)
    q = 2 * (r - _FOURTH_ROOT_HALF)
    square = high_product(q, q)
    numerator = high_product(q, r) + high_product(high_product(q, square), _ALPHA_N)
    inner = _ALPHA_I + q + high_product(square, _ALPHA_D)
    inverse = one_over_one_plus(high_product(p, inner) + high_product(q, _ALPHA_F))
    total = high_product(power, _LOG_2) + high_product(times_power(numerator, -wide), inverse)
    return times_power(total, 1)


def _shift_left(number: Array, bits: Array) -> Array:
    result: Array = np.clip(np.left_shift(number, bits), _SMALLEST, _LARGEST)
    return result
