"""Sums and differences of two operands of 16 bits by the kernel of c/add16.h."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from intact.arith.calls.broadcast import broadcast
from intact.arith.calls.pairs import GRAIN, Shape
from intact.arith.vectors import Ways
from intact.native.call import Call, Held
from intact.native.pairs import Add16, Scaling

_ONE: Final = 1 << 30
_NOTHING_LEFT: Final = 17
"""Bits by which any number of 16 bits, rounded, is shifted to 0."""


@dataclass(frozen=True)
class Step:
    """How a number is scaled: number * 2^left * multiplier / 2^(31 + right), rounded.

    Args:
        left: bits that the number is shifted left by; where negative, to the right and cut off.
        multiplier: Q0.31, not negative.
        right: bits to the right, 0 to 31, rounded after the multiplication, ties away from zero.
    """

    left: int
    multiplier: int
    right: int

    def structure(self) -> Scaling:
        """Returns it with all numbers doubled; c/requantize.h says how two roundings are one shift."""
        half = 1 << (self.right - 1) if self.right else 0
        return Scaling(
            offset=(1 << 31) + (half << 32),
            threshold=half << 32,
            away=1 << 32 if self.right else 0,
            right=max(0, -self.left),
            left=max(0, self.left) + 1,
            multiplier=self.multiplier,
            shift=self.right,
        )


def multiplied(multiplier: int, shift: int, left: int = 0) -> Step | None:
    """Returns number * 2^left * multiplier / 2^31 * 2^shift, rounded after each step; None for shifts but -31 to 0."""
    return Step(left, multiplier, -shift) if -31 <= shift <= 0 <= multiplier else None


def shifted(bits: int) -> Step:
    """Returns number / 2^bits, for a number of at most 17 bits, rounded once, ties away from zero."""
    return Step(1, _ONE, min(bits, _NOTHING_LEFT))


def summed(
    shapes: tuple[Shape, Shape],
    operands: Sequence[Sequence[Step | None]],
    sign: int,
    total: Step | None,
    limits: tuple[int, int],
    ways: Ways,
) -> Call | None:
    """Returns sums of elements of operands 0 and 1; None where they do not fit.

    Args:
        shapes: of the operands.
        operands: how both are scaled, in each way used.
        sign: of the second operand, 1 or -1.
        total: how the sum is scaled.
        limits: smallest and largest result.
        ways: which elements are in which way.
    """
    plan = broadcast(*shapes)
    steps = [step for way in operands for step in way]
    if plan is None or total is None or None in steps:
        return None
    params = Add16(plan[0], total=total.structure(), negative=sign < 0, low=limits[0], high=limits[1])
    size = math.prod(plan[1])
    params.length, params.whole = (ways.length, ways.whole) if len(operands) > 1 else (max(1, size), size)
    for way in range(2):
        for index, step in enumerate(operands[min(way, len(operands) - 1)]):
            assert step is not None
            params.operands[way][index] = step.structure()
    return Call("add16", params, (0, 1), (Held("int16", plan[1]),), units=size, grain=GRAIN)
