"""Between real and stored numbers, and between stored ones, by the kernels of c/quantize.h and its neighbours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from intact.arith.calls.requantized import requantized
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native import quantize as native
from intact.native.call import Call, Held, address

_GRAIN: Final = 1 << 15
_BYTES: Final = {"int8": 1, "uint8": 1, "int16": 2, "int32": 4}
_EXACT: Final = 1 << 24
"""Integers below it are numbers of float32."""

Shape = tuple[int, ...]


def dequantized(
    dtype: str, shape: Shape, scale: Array, zero_point: Array, axis: int | None, *, blocks: int | None = None
) -> Call | None:
    """Returns (operand 0 - zero_point) * scale in float32.

    Args:
        dtype, shape: of the operand; int8, uint8 or int16.
        scale, zero_point: float32 and int64, (1,), or one for each place along `axis`.
        blocks: in full blocks of so many elements the result is q * scale + float32(-zero_point * scale).
    """
    if dtype not in ("int8", "uint8", "int16") or np.any(np.abs(zero_point) >= _EXACT):
        return None
    size, step = math.prod(shape), np.float64(scale[0])
    kept = np.ascontiguousarray(scale, np.float32), zero_point.astype(np.float32)
    params = native.Dequantize(
        *map(address, kept),
        _channels(shape, axis),
        0 if blocks is None else size // blocks * blocks,
        float(np.float32(-int(zero_point[0]) * step)),
        _held(dtype),
        _BYTES[dtype],
    )
    return Call("dequantize", params, (0,), (Held("float32", shape),), units=size, grain=_GRAIN, keeps=kept)


def quantized(
    dtype: str,
    shape: Shape,
    scale: Array,
    reciprocal: Array,
    zero_point: Array,
    axis: int | None,
    *,
    rule: str,
    low: int,
    high: int,
) -> Call | None:
    """Returns operand 0, of float32, as stored numbers.

    Args:
        dtype: of the result; int8, uint8 or int16.
        shape: of both.
        scale, zero_point: float32 and int64, (1,), or one for each place along `axis`.
        reciprocal: float32, of the scale.
        rule: divide, reciprocal or reciprocal-8 of QUANTIZE.
        low, high: smallest and largest result.
    """
    size = math.prod(shape)
    kept = np.ascontiguousarray(scale, np.float32), zero_point.astype(np.int32)
    params = native.Quantize(
        *map(address, kept),
        _channels(shape, axis),
        size // 8 * 8,
        float(reciprocal[0]),
        {"divide": native.DIVIDE, "reciprocal": native.RECIPROCAL, "reciprocal-8": native.BLOCKS}[rule],
        low,
        high,
        _held(dtype),
        _BYTES[dtype],
    )
    return Call("quantize", params, (0,), (Held(dtype, shape),), units=size, grain=_GRAIN, keeps=kept)


def rescaled(
    dtype: str, shape: Shape, zero_point: int, requantize: Requantization, *, magnitude: bool = False
) -> Call | None:
    """Returns operand 0 without its zero point, requantized; None where a table or NumPy is as good.

    Args:
        dtype, shape: of the operand; int16 or int32.
        zero_point: of the operand.
        magnitude: of the operand's magnitude.
    """
    finish = requantized(requantize, 1)
    slow = dtype == "int16" and (requantize.far or (finish is not None and not finish[0].plain))
    if dtype not in ("int16", "int32") or finish is None or slow or abs(zero_point) >= _EXACT:
        return None
    result = requantize.dtype
    params = native.Rescale(zero_point, _BYTES[dtype], _BYTES[result], magnitude, finish[0])
    made = (Held(result, shape),)
    return Call("rescale", params, (0,), made, units=math.prod(shape), grain=_GRAIN, keeps=finish[1])


def _channels(shape: Shape, axis: int | None) -> native.Channels:
    if axis is None:
        return native.Channels(1, max(1, math.prod(shape)))
    return native.Channels(max(1, shape[axis]), max(1, math.prod(shape[axis + 1 :])))


def _held(dtype: str) -> int:
    return 128 if dtype == "int8" else 0
