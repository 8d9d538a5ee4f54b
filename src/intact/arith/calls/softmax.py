"""SOFTMAX by the kernels of c/softmax.h, LOG_SOFTMAX by that of c/log_softmax.h."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls.gemm import held
from intact.arith.rounding import Array, shift_right_away
from intact.native import softmax as native
from intact.native.call import Call, Held, address

_SUMMED: Final = 512
"""Ones that are the smallest sum which the rule in fixed point has no result of 8 bits for."""

_WRAPS: Final = 8192
"""Ones that are the smallest sum which wraps in Q12.19."""

_WORTH: Final = 1 << 13
"""Elements that are worth a thread."""


def fixed(shape: tuple[int, ...], dtype: str, powers: Array) -> Call | None:
    """Returns the softmax of operand 0, of 8 bits, in fixed point.

    Args:
        shape: of operand and result.
        dtype: of the result.
        powers: int64 (256,), Q0.31, what the exponential is of differences from 0 to -255.
    """
    depth = _depth(shape)
    if depth is None or depth >= _WRAPS:
        return None
    exponentials, terms = powers.astype(np.int32), shift_right_away(powers, 12).astype(np.int32)
    doubts = dtype != "int16" and depth >= _SUMMED
    params = native.Fixed(address(exponentials), address(terms), depth, _kind(dtype), doubts)
    rows = math.prod(shape[:-1])
    results = (Held(dtype, shape), *([Held("uint8", (rows,))] if doubts else []))
    return Call(
        "softmax_fixed",
        params,
        (0,),
        results,
        units=rows,
        grain=_grain(depth),
        doubts=doubts,
        keeps=(exponentials, terms),
    )


def floating(
    shape: tuple[int, ...],
    dtype: str,
    table: NDArray[np.float32],
    scale: np.float32,
    zero_point: int | None,
    limits: tuple[int, int],
) -> Call | None:
    """Returns the softmax of operand 0, of 8 bits, in float32.

    Args:
        shape: of operand and result.
        dtype: of the result.
        table: float32 (256,), exponentials by difference from the largest number of the row.
        scale: of the result.
        zero_point: of the result; None where numbers are cut after 1/2 is added, and have none.
        limits: smallest and largest stored result.
    """
    depth = _depth(shape)
    # What is multiplied stays far below 2^31.
    if depth is None or not (scale > 2.0**-20 and table[0] == 1 and table.max() <= 1):
        return None
    away = zero_point is not None
    params = native.Float(
        address(table),
        depth,
        float(scale),
        away,
        *(held(number, dtype) for number in (zero_point if zero_point is not None else 0, *limits)),
        _kind(dtype),
    )
    rows, results = math.prod(shape[:-1]), (Held(dtype, shape),)
    return Call("softmax_float", params, (0,), results, units=rows, grain=_grain(depth), keeps=(table,))


def lines(shape: tuple[int, ...], powers: NDArray[np.int64], inverses: NDArray[np.int64]) -> Call | None:
    """Returns the softmax of operand 0, of int16, by tables.

    Args:
        shape: of operand and result.
        powers: int64 (65536,), Q0.15, the exponentials of differences from 0 to -65535.
        inverses: int64 (513,), 1 / (1 + number) of numbers from 0 to 1, Q0.15.
    """
    depth = _depth(shape)
    if depth is None or powers[0] <= 1 or powers.min() < 0 or depth * int(powers.max()) >= 1 << 31:
        return None
    changes = np.flatnonzero(np.diff(powers))
    last = int(changes[-1]) + 1 if changes.size else 0
    exponentials, points = powers[: last + 1].astype(np.int16), inverses.astype(np.int16)
    params = native.Lines(address(exponentials), address(points), last, depth)
    return Call(
        "softmax_lines",
        params,
        (0,),
        (Held("int16", shape),),
        units=math.prod(shape[:-1]),
        grain=_grain(depth),
        keeps=(exponentials, points),
    )


def fixed_log(
    shape: tuple[int, ...],
    dtype: str,
    powers: Array,
    differences: Array,
    farthest: int,
    inverse: tuple[int, int],
) -> Call | None:
    """Returns the logarithm of the softmax of operand 0, of 8 bits, in fixed point.

    Args:
        shape: of operand and result.
        dtype: of the result, whose scale is 1/16 and whose zero point the largest code.
        powers: int64 (256,), Q0.31, what the exponential is of differences from 0 to -255.
        differences: int64 (256,), the differences in Q5.26.
        farthest: difference from 0 on, from the largest number, that still counts.
        inverse: multiplier and shift from Q5.26 back to differences.
    """
    depth, (multiplier, shift) = _depth(shape), inverse
    if depth is None or depth >= _WRAPS // 2 or not -31 <= shift <= 0:
        return None
    terms, reals = shift_right_away(powers, 12).astype(np.int32), differences.astype(np.int32)
    params = native.LogFixed(address(terms), address(reals), depth, min(farthest, 255), multiplier, -shift)
    rows = math.prod(shape[:-1])
    # A row takes 256 results however long it is.
    grain = _grain(max(depth, 256))
    return Call("log_softmax", params, (0,), (Held(dtype, shape),), units=rows, grain=grain, keeps=(terms, reals))


def _depth(shape: tuple[int, ...]) -> int | None:
    return shape[-1] if shape and shape[-1] > 0 else None


def _kind(dtype: str) -> int:
    return native.INT16 if dtype == "int16" else native.HELD


def _grain(depth: int) -> int:
    return max(1, _WORTH // depth)
