"""AVERAGE_POOL_2D and MAX_POOL_2D by the kernels of c/pool.h."""

from __future__ import annotations

import math
from typing import Final

from intact.arith.accumulate import Window
from intact.arith.calls.gemm import held, slid
from intact.native.call import Call, Held
from intact.native.pool import AveragePool, MaxPool

_WORTH: Final = 1 << 16
"""Elements that are worth a thread."""


def average_pool(dtype: str, image: tuple[int, ...], window: Window, low: int, high: int) -> Call | None:
    """Returns the averages of what is under the window in operand 0.

    Args:
        dtype: of operand and result: int8, uint8 or int16.
        image: shape (n, rows, columns, channels) of the operand.
        low, high: smallest and largest stored result.
    """
    largest = math.prod(window.size) * (1 << (16 if dtype == "int16" else 8))
    if largest >= 1 << 31:
        return None
    params = AveragePool(slid(image, window, 0), held(0, dtype), low, high, dtype == "int16")
    return _call("average_pool", params, dtype, image, window)


def max_pool(dtype: str, image: tuple[int, ...], window: Window, low: int, high: int) -> Call:
    """Returns the largest number under the window in operand 0; arguments as of `average_pool`."""
    params = MaxPool(slid(image, window, 0), held(low, dtype), held(high, dtype), dtype == "int16")
    return _call("max_pool", params, dtype, image, window)


def _call(kernel: str, params: AveragePool | MaxPool, dtype: str, image: tuple[int, ...], window: Window) -> Call:
    rows = image[0] * window.positions[0]
    shape = (image[0], *window.positions, image[3])
    each = max(1, window.positions[1] * image[3] * math.prod(window.size))
    return Call(kernel, params, (0,), (Held(dtype, shape),), units=rows, grain=max(1, _WORTH // each))
