"""The sigmoid and the hyperbolic tangent of 16 bits, between the points of one table.

The table holds numbers near 65536 / (1 + exp(-i / 24)), i from 0 to 255, the argument from 0 to 10.6. They were chosen
to lessen the error of the lines between them, so no formula gives them; they can be read off a runtime by running
LOGISTIC on int16. A number is first brought to 1 / (3 * 4096): three quarters of Q3.12.

Sources:
    tflite/kernels/internal/common.h, sigmoid_table_uint16; tflite/kernels/internal/reference/integer_ops/logistic.h
    and tanh.h; tflite/kernels/activations.cc, SigmoidPrepare and TanhPrepare.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import wrap32

Array = NDArray[Any]

_NUMBERS: Final = """
32768 33451 34133 34813 35493 36169 36843 37513 38180 38841 39498 40149 40794 41432 42064 42688 43304 43912
44511 45102 45683 46255 46817 47369 47911 48443 48964 49475 49975 50464 50942 51409 51865 52311 52745 53169
53581 53983 54374 54755 55125 55485 55834 56174 56503 56823 57133 57433 57724 58007 58280 58544 58800 59048
59288 59519 59743 59959 60168 60370 60565 60753 60935 61110 61279 61441 61599 61750 61896 62036 62172 62302
62428 62549 62666 62778 62886 62990 63090 63186 63279 63368 63454 63536 63615 63691 63765 63835 63903 63968
64030 64090 64148 64204 64257 64308 64357 64405 64450 64494 64536 64576 64614 64652 64687 64721 64754 64786
64816 64845 64873 64900 64926 64950 64974 64997 65019 65039 65060 65079 65097 65115 65132 65149 65164 65179
65194 65208 65221 65234 65246 65258 65269 65280 65291 65301 65310 65319 65328 65337 65345 65352 65360 65367
65374 65381 65387 65393 65399 65404 65410 65415 65420 65425 65429 65433 65438 65442 65445 65449 65453 65456
65459 65462 65465 65468 65471 65474 65476 65479 65481 65483 65485 65488 65489 65491 65493 65495 65497 65498
65500 65501 65503 65504 65505 65507 65508 65509 65510 65511 65512 65513 65514 65515 65516 65517 65517 65518
65519 65520 65520 65521 65522 65522 65523 65523 65524 65524 65525 65525 65526 65526 65526 65527 65527 65528
65528 65528 65529 65529 65529 65529 65530 65530 65530 65530 65531 65531 65531 65531 65531 65532 65532 65532
65532 65532 65532 65533 65533 65533 65533 65533 65533 65533 65533 65534 65534 65534 65534 65534 65534 65534
65534 65534 65534 65535
"""

SIGMOID: Final = np.array(_NUMBERS.split(), np.int64)
"""int64 (256,), Q0.16."""


def multiplier(scale: np.float32) -> tuple[int, int]:
    """Returns a multiplier and a right shift in bits that bring integers of a scale to 1 / (3 * 4096).

    The multiplier is scale * 3 * 4096 doubled until it is above 2^14, at most 31 times, and cut off: below 2^15 where
    the scale is below 8/3.
    """
    real, shift = float(scale) * 4096.0 * 3.0, 0
    while real <= 32767.0 / 2.0 and shift <= 30:
        real, shift = real * 2, shift + 1
    return int(real), shift


def scaled(number: Array, multiplier: int, shift: int) -> Array:
    """Returns number * multiplier / 2^shift, halves up, in steps of 1 / (3 * 4096)."""
    half = 1 << (shift - 1) if shift else 0
    return np.right_shift(wrap32(number.astype(np.int64) * multiplier + half), shift)


def logistic(number: Array) -> Array:
    """Returns 1 / (1 + exp(-number)) in Q0.15.

    Args:
        number: int64 array, in steps of 1 / (3 * 4096).
    """
    magnitude = np.abs(number)
    line = _line(magnitude >> 9, np.bitwise_and(magnitude, 511), 9)
    line = np.where(magnitude >> 9 >= 255, 0x7FFF << 10, line)
    result: Array = np.where(number >= 0, line + (1 << 9), (1 << 25) - line + (1 << 9) - 1) >> 10
    return result


def tanh(number: Array) -> Array:
    """Returns the hyperbolic tangent in Q0.15: 2 * sigmoid(2 * number) - 1.

    Args:
        number: int64 array, in steps of 1 / (3 * 4096).
    """
    magnitude = np.abs(number)
    line = _line(magnitude >> 8, np.bitwise_and(magnitude, 255), 8)
    line = np.where(magnitude >> 8 >= 255, 0xFFFF << 8, line)
    result: Array = np.where(number >= 0, line - (1 << 23) + (1 << 7), (1 << 23) - line + (1 << 7) - 1) >> 8
    return result


def _line(index: Array, within: Array, bits: int) -> Array:
    index = np.minimum(index, 254)
    start = SIGMOID[index]
    result: Array = (start << bits) + within * (SIGMOID[index + 1] - start)
    return result
