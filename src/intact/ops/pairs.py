"""What `explain` shows of ADD, SUB and MUL: how far their sums and products reach, and what one of them is made of."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.term import Term
from intact.ir.types import Array
from intact.ops.terms import broadcast_place


class Formula(Protocol):
    """A record that computes on two operands."""

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in which it may compute an element."""

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair of elements."""


def reach(record: Formula, input1: Operand, input2: Operand) -> tuple[Array, Array]:
    """Returns the smallest and the largest sum or product over all codes, those that a constant has.

    Each is monotone in either operand while the other one stands, as rounding is; so it is smallest and largest where
    both operands are at an end of what they may hold.
    """
    found: list[Array] = []

    def see(stage: str, array: Array) -> None:
        if stage == "products" or (stage == "accumulator" and not found):
            found.append(array)

    low, high = [], []
    for way in record.ways:
        found.clear()
        record.formula(see, way, _ends(input1)[:, None], _ends(input2)[None, :])
        low.append(found[0].min())
        high.append(found[0].max())
    return np.array([min(low)]), np.array([max(high)])


def _ends(operand: Operand) -> Array:
    array = operand.array
    known = array is not None and array.size > 0
    ends = (array.min(), array.max()) if array is not None and known else operand.dtype.limits
    return np.array(ends, operand.dtype.numpy)


def summand(
    name: str, at: tuple[int, ...], codes: Array, zero: int, multiplier: int, rounded: int | None = None
) -> Term:
    """Returns what an operand adds to an element of a sum: a code times an integer multiplier, perhaps rounded."""
    place = broadcast_place(at, codes)
    return Term(place, int(codes[place]), (), multiplier, zero, 0, name, rounded)
