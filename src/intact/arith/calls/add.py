"""Sums of two codes of 8 bits, each with a multiplier, by the kernel of c/add.h, and what else is such a sum."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.calls.broadcast import broadcast
from intact.arith.calls.pairs import GRAIN, Shape
from intact.arith.rounding import Array
from intact.native.call import Call, Held
from intact.native.pairs import Add

_AROUND: Final = 2
"""How far from their nearest integers multipliers are tried."""

_UNBOUNDED: Final = 1 << 40
_FIRST, _SECOND = np.arange(256)[:, None], np.arange(256)[None, :]


@dataclass(frozen=True)
class Sum:
    """clamp(((m0 a + m1 b + offset) >> shift) + zero_point) of codes a and b as they are held.

    Args:
        multipliers: m0 and m1, magnitudes below 2^23.
        offset: added to the products; no sum leaves int32.
        shift: bits, 1 to 30.
        zero_point: of the result.
        low, high: smallest and largest result.
    """

    multipliers: tuple[int, int]
    offset: int
    shift: int
    zero_point: int
    low: int
    high: int

    def fits(self) -> bool:
        """True where the kernel can compute it."""
        ends = [self.offset + m + n for m in (0, 255 * self.multipliers[0]) for n in (0, 255 * self.multipliers[1])]
        small = max(map(abs, self.multipliers)) < 1 << 23
        return small and min(ends) >= -(2**31) and max(ends) < 2**31 and 1 <= self.shift <= 30


def summed(dtype: str, shapes: tuple[Shape, Shape], wanted: Sum | None) -> Call | None:
    """Returns sums of elements of operands 0 and 1; None where they do not fit.

    Args:
        dtype: of both operands and the result, int8 or uint8.
        shapes: of the operands.
    """
    plan = broadcast(*shapes)
    if plan is None or wanted is None or not wanted.fits():
        return None
    flip = 128 if dtype == "int8" else 0
    params = Add(
        plan[0],
        (ctypes.c_int32 * 2)(*wanted.multipliers),
        wanted.offset + (1 << 31),
        wanted.shift,
        wanted.zero_point + flip - (1 << (31 - wanted.shift)),
        wanted.low + flip,
        wanted.high + flip,
    )
    return Call("add", params, (0, 1), (Held(dtype, plan[1]),), units=math.prod(plan[1]), grain=GRAIN)


def fitted(tables: Sequence[Array], factors: tuple[float, float], low: int, high: int) -> Sum | None:
    """Returns a sum that gives the results of all 65536 pairs of codes; None where none is found.

    What a kernel computes that rounds its operands apart is nearly clamp(floor(a f0 + b f1 + c)): some 2^-19 of a step
    is lost on the way. With 21 bits behind the point there is mostly a sum that gives the very same results. Each pair
    of codes bounds the offset from both sides; multipliers next to the nearest are tried until all bounds leave an
    offset. So nothing is taken on trust: the bounds are those of all pairs.

    Args:
        tables: integers (256, 256), the results in the order of how codes are held; the sum gives each of the tables.
        factors: of the operands, their scales over the result's.
        low, high: smallest and largest result.
    """
    reach = 255 * (abs(factors[0]) + abs(factors[1])) + 512
    shift = min(30, math.floor(31 - math.log2(reach)))
    bounds = [_bounds(table.astype(np.int64), shift, low, high) for table in tables]
    smallest = np.maximum.reduce([b[0] for b in bounds])
    largest = np.minimum.reduce([b[1] for b in bounds])
    middle = round(factors[0] * 2**shift), round(factors[1] * 2**shift)
    products = _FIRST * middle[0] + _SECOND * middle[1]
    smallest, largest = smallest - products, largest - products
    # Other multipliers change no product by more than `far`, so only these pairs can be the tightest.
    far = 2 * 255 * _AROUND
    tight = (smallest >= smallest.max() - 2 * far) | (largest <= largest.min() + 2 * far)
    first, second = np.nonzero(tight)
    smallest, largest = smallest[tight], largest[tight]
    around = range(-_AROUND, _AROUND + 1)
    for i, j in sorted(((i, j) for i in around for j in around), key=lambda pair: abs(pair[0]) + abs(pair[1])):
        change = first * i + second * j
        least, most = int((smallest - change).max()), int((largest - change).min())
        if least <= most:
            found = Sum((middle[0] + i, middle[1] + j), min(max(0, least), most), shift, 0, low, high)
            return found if found.fits() else None
    return None


def _bounds(table: Array, shift: int, low: int, high: int) -> tuple[Array, Array]:
    """Returns the smallest and the largest sum of each pair that gives its result."""
    smallest = np.where(table <= low, -_UNBOUNDED, table << shift)
    return smallest, np.where(table >= high, _UNBOUNDED, ((table + 1) << shift) - 1)
