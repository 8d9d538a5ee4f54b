"""What C does with integers of fixed width: saturating, wrapping, dividing. Every result is int64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def sat16(number: Array) -> Array:
    """Returns numbers clamped to int16."""
    result: Array = np.clip(number, -32768, 32767)
    return result


def sat8(number: Array) -> Array:
    """Returns numbers clamped to int8."""
    result: Array = np.clip(number, -128, 127)
    return result


def wrap16(number: Array) -> Array:
    """Returns numbers as int16 holds them after an overflow."""
    result: Array = number.astype(np.int16).astype(np.int64)
    return result


def limited(number: Array, limit: int | None) -> Array:
    """Returns numbers clamped to a magnitude; all as they are where there is no limit."""
    return number if limit is None else np.clip(number, -limit, limit)


def quotient(number: Array, divisor: int) -> Array:
    """Returns number / divisor, a positive one, without the fraction."""
    result: Array = np.sign(number) * (np.abs(number) // divisor)
    return result
