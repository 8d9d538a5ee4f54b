"""Integers of less than a byte, several to a byte, the first in the low bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def unpack(data: NDArray[np.uint8], bits: int, count: int, *, signed: bool) -> NDArray[Any]:
    """Returns packed integers, each in a byte of its own.

    Args:
        data: uint8 (n,), n * 8 >= count * bits.
        bits: of one integer: 1, 2 or 4.
        count: how many there are.
    Returns:
        int8 or uint8 (count,).
    Sources:
        tflite/kernels/internal/portable_tensor_utils.cc, UnpackPackedIntToInt8.
    """
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    parts = (data[: -(-count * bits // 8), None] >> shifts) & ((1 << bits) - 1)
    flat = parts.reshape(-1)[:count]
    if not signed:
        return flat
    top = 1 << (bits - 1)
    return ((flat ^ top).astype(np.int8) - np.int8(top)).astype(np.int8)


def pack(numbers: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    """Returns integers as `unpack` reads them: several to a byte, the first in the low bits, the last byte padded.

    Args:
        numbers: int8 or uint8, any shape, each within `bits`.
        bits: of one integer: 1, 2 or 4.
    Returns:
        uint8 (ceil(size * bits / 8),).
    """
    each = 8 // bits
    parts = numbers.reshape(-1).view(np.uint8) & np.uint8((1 << bits) - 1)
    rows = np.pad(parts, (0, -parts.size % each)).reshape(-1, each)
    packed: NDArray[np.uint8] = np.bitwise_or.reduce(rows << np.arange(0, 8, bits, dtype=np.uint8), axis=1)
    return packed
