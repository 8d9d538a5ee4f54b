"""One over a square root in integers.

Sources:
    tflite/kernels/internal/common.h, GetInvSqrtQuantizedMultiplierExp.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.fixed_point import high_product, leading_zeros, times_power

Array = NDArray[Any]

_HALF_ROOT: Final = 1518500250
"""round(2^31 * sqrt(1/2))."""


def inverse_root(number: Array) -> tuple[Array, Array]:
    """Returns 1 / sqrt(number) as a multiplier in Q0.31 and a shift in bits, positive to the left.

    1 / sqrt(number) = multiplier / 2^31 * 2^shift, nearly. The number is brought into [2^27, 2^29) by factors of 4 and
    read as a real x from 1/4 to 1; five of Newton's steps y += (y - x * y^3) / 2 from 1 on, in Q3.28, lead to
    1 / sqrt(x). 0 counts as 1.

    Args:
        number: int64 array of integers from 0 to 2^31 - 1.
    Returns:
        multiplier: below 2^31.
        shift: 0 or less.
    """
    small = number <= 1
    value = np.where(small, 2, number)
    right = np.full(number.shape, 11, np.int64)
    for _ in range(2):
        large = value >= 1 << 29
        value, right = np.where(large, value // 4, value), right + large
    pairs = (leading_zeros(value) - 1) // 2 - 1
    right = right - pairs
    # As Q3.28 half of an integer in [2^27, 2^29) is from 1/4 to 1.
    x = np.left_shift(value, 2 * pairs) >> 1
    y = np.full(number.shape, 1 << 28, np.int64)
    half_x, half_three = times_power(x, -1), (1 << 28) + (1 << 27)
    for _ in range(5):
        # The integer bits of a product are the sum of its factors': 9 of y * y * y, 6 of the others.
        cube = times_power(high_product(high_product(y, y), y), 6)
        y = times_power(high_product(y, half_three) - high_product(half_x, cube), 3)
    root = high_product(y, _HALF_ROOT)
    multiplier = np.where(small, (1 << 31) - 1, np.left_shift(root, np.maximum(-right, 0)))
    return multiplier, np.where(small, 0, np.minimum(-right, 0))
