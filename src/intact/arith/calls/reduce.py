"""MEAN and SUM, REDUCE_MAX and REDUCE_MIN by the kernels of c/reduce.h."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from intact.arith.calls.gemm import held
from intact.arith.calls.requantized import requantized
from intact.arith.requantize import Requantization
from intact.native import reduce as native
from intact.native.call import Call, Held

_WORTH: Final = 1 << 16
"""Elements that are worth a thread."""


@dataclass(frozen=True)
class Affine:
    """A sum's way to the result in float32: sum * scale + shift, rounded and clamped.

    Args:
        away: ties go away from zero, and the zero point is added afterwards; else they go to the even integer.
        zero_point: that is added; 0 where it is in `shift`.
        low, high: smallest and largest stored result.
    """

    scale: np.float32
    shift: np.float32
    away: bool
    zero_point: int
    low: int
    high: int


@dataclass(frozen=True)
class Reduced:
    """What a reduction is of and makes.

    Args:
        dtype: of operand and result.
        shape: of the operand.
        axes: that are reduced, in order.
        result: shape of the result.
    """

    dtype: str
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    result: tuple[int, ...]

    @property
    def count(self) -> int:
        """Elements that become one."""
        return math.prod(self.shape[a] for a in self.axes)


def total(
    of: Reduced, zero_point: int, finish: Requantization | Affine, rest: Requantization | None = None
) -> Call | None:
    """Returns the sums of operand 0 along some dimensions, requantized.

    Args:
        of: int8, uint8 or int16.
        zero_point: that is taken off each term.
        rest: the rule of what does not fill a block of 16 along the last dimension; that of all where None.
    """
    return _summed(of, zero_point, finish, rest, 0)


def total_as_uint8(of: Reduced, zero_point: int, finish: Requantization) -> Call | None:
    """Returns the sums of operand 0, int8, with its bytes and those of the result taken for uint8."""
    return _summed(of, zero_point - 128, finish, None, 0x80)


def _summed(
    of: Reduced, zero_point: int, finish: Requantization | Affine, rest: Requantization | None, flip: int
) -> Call | None:
    axes, wide = _axes(of), of.dtype == "int16"
    exact = of.count * (1 << (17 if wide else 9)) < 1 << 31
    if axes is None or not (exact or (isinstance(finish, Requantization) and finish.rule.startswith("double"))):
        return None
    if rest is not None and not axes.along and axes.run != of.result[-1]:
        return None
    offset = int(np.int64(held(zero_point, of.dtype) * of.count).astype(np.int32))
    params = native.Reduce(axes=axes, wide=wide, flip=flip, offset=offset)
    keeps: tuple[object, ...] = ()
    if isinstance(finish, Affine):
        if not (np.isfinite(finish.scale) and np.isfinite(finish.shift)):
            return None
        params.way = native.AFFINE_AWAY if finish.away else native.AFFINE_EVEN
        params.scale, params.shift = finish.scale, finish.shift
        params.zero_point, params.low, params.high = finish.zero_point, finish.low, finish.high
        params.held = held(0, of.dtype)
    else:
        first, second = requantized(finish, 1), requantized(rest or finish, 1)
        if first is None or second is None:
            return None
        params.way, params.finish, params.rest = native.REQUANTIZED, first[0], second[0]
        params.whole = axes.run if rest is None else of.result[-1] // 16 * 16
        keeps = (*first[1], *second[1])
    return _call("reduce", params, of, axes, keeps)


def extreme(of: Reduced, *, smallest: bool) -> Call | None:
    """Returns the largest or smallest of the integers of operand 0 along some dimensions."""
    axes = _axes(of)
    if axes is None or of.dtype not in native.ELEMENTS:
        return None
    return _call("extreme", native.Extreme(axes, native.ELEMENTS[of.dtype], smallest), of, axes, ())


def _call(
    kernel: str, params: native.Reduce | native.Extreme, of: Reduced, axes: native.Axes, keeps: tuple[object, ...]
) -> Call:
    results = math.prod(of.result)
    blocks = results if axes.along else results // axes.run * -(-axes.run // native.OUTPUTS)
    grain = max(1, _WORTH * blocks // math.prod(of.shape))
    return Call(kernel, params, (0,), (Held(of.dtype, of.result),), units=blocks, grain=grain, keeps=keeps)


def _axes(of: Reduced) -> native.Axes | None:
    """Returns the structure; None where there are too many turns, or no elements."""
    if 0 in of.shape:
        return None
    # Dimensions of one element are neither here nor there.
    marked = [(d in of.axes, size) for d, size in enumerate(of.shape) if size > 1]
    turns = [(is_reduced, math.prod(s for _, s in group)) for is_reduced, group in groupby(marked, lambda m: m[0])]
    sizes = [size for _, size in turns]
    strides = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    along, run = turns[-1] if turns else (False, 1)
    loops = [(is_reduced, size, stride) for (is_reduced, size), stride in zip(turns[:-1], strides, strict=False)]
    kept = [(size, stride) for is_reduced, size, stride in loops if not is_reduced]
    reduced = [(size, stride) for is_reduced, size, stride in loops if is_reduced]
    if max(len(kept), len(reduced)) > native.TURNS:
        return None
    return native.Axes(_loops(kept), _loops(reduced), run, along)


def _loops(dimensions: Sequence[tuple[int, int]]) -> native.Loops:
    array = ctypes.c_int64 * native.TURNS
    return native.Loops(len(dimensions), array(*(d[0] for d in dimensions)), array(*(d[1] for d in dimensions)))
