"""Which elements of a broadcast operation a vectorized kernel computes in vectors, and how it narrows them.

LiteRT's optimized kernels run an inner loop over a stretch of the result: blocks of 8 or 16 elements with vector
instructions, what is left over with the scalar code of the reference kernels. The two differ in places, so the number
that an element becomes depends on where it lies. What the stretch is depends on the shapes.

Sources:
    tflite/kernels/internal/reference/process_broadcast_shapes.h; tflite/kernels/internal/optimized/optimized_ops.h,
    BinaryBroadcastFiveFold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith.c_integers import sat16, wrap16

Array = NDArray[Any]


@dataclass(frozen=True)
class Stretch:
    """What the inner loop of a kernel runs over.

    Args:
        length: elements of the result, next to each other.
        repeats: one operand is a single element all along the stretch.
    """

    length: int
    repeats: bool

    def ways(self, vectors: str, scalar: str, block: int) -> Ways:
        """Returns in which way elements are computed: in whole blocks of `block` elements, and of what is left over."""
        return Ways(vectors, scalar, max(self.length, 1), self.length // block * block)


@dataclass(frozen=True)
class Ways:
    """In which of two ways each element of a result is computed.

    Args:
        first, rest: of each `length` elements in a row the first `whole` are computed in the first way.
    """

    first: str
    rest: str
    length: int = 1
    whole: int = 0

    def used(self) -> tuple[str, ...]:
        """Returns the ways that any element may be computed in."""
        if self.whole in (0, self.length):
            return (self.first if self.whole else self.rest,)
        return (self.first, self.rest)

    def are_first(self, shape: tuple[int, ...]) -> Array:
        """Returns bool of `shape`: the elements that are computed in the first way."""
        result: Array = (np.arange(math.prod(shape)) % self.length < self.whole).reshape(shape)
        return result


def stretch(shape1: tuple[int, ...], shape2: tuple[int, ...]) -> Stretch | None:
    """Returns the stretch that two operands of these shapes are combined along; None where all is done one by one.

    From the last dimension on, a stretch takes in all dimensions of equal size. Where their product is 1 it takes in
    those after them in which the one operand, which is the first to have a size of 1 there, repeats. The outer
    dimensions may then go on equal, with the other operand repeating, and equal again; else there is no stretch.
    """
    rank = max(len(shape1), len(shape2))
    first = (1,) * (rank - len(shape1)) + tuple(shape1)
    second = (1,) * (rank - len(shape2)) + tuple(shape2)
    if first == second:
        return Stretch(math.prod(first), False)
    innermost = max(i for i in range(rank) if first[i] != second[i])
    repeated, other = (first, second) if first[innermost] == 1 else (second, first)
    left = list(zip(repeated, other, strict=True))
    equal = _take(left, lambda pair: pair[0] == pair[1])
    repeats = _take(left, lambda pair: pair[0] == 1)
    _take(left, lambda pair: pair[0] == pair[1])
    _take(left, lambda pair: pair[1] == 1)
    _take(left, lambda pair: pair[0] == pair[1])
    if left:
        return None
    return Stretch(equal, False) if equal > 1 else Stretch(repeats, True)


def _take(left: list[tuple[int, int]], fits: Callable[[tuple[int, int]], bool]) -> int:
    """Removes the last dimensions that fit, and returns how many elements they have."""
    count = 1
    while left and fits(left[-1]):
        count *= max(left.pop())
    return count


def through_int16(number: Array, offset: int, *, saturates: bool) -> Array:
    """Returns number + offset as vectors of int16 hold it: the sum wraps, the number itself before it may saturate."""
    return wrap16((sat16(number) if saturates else wrap16(number)) + offset)
