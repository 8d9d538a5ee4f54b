"""Elementwise formulas of 8-bit operands, worked out once for every code or pair of codes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from intact.arith.calls import lut, pairs
from intact.arith.requantize import See
from intact.arith.vectors import Ways
from intact.ir.op import Operand
from intact.ir.types import Array, Shape
from intact.native.call import Call
from intact.ops.quantized import EIGHT_BITS

_MANY: Final = 1 << 15
"""Results from which on it pays to work out all 65536 pairs first."""


def every_code(dtype: np.dtype) -> Array:
    """Returns the 256 codes of int8 or uint8, in the order of their bytes from 0 to 255."""
    return np.arange(256, dtype=np.uint8).view(dtype)


def of_codes(formula: Callable[[See | None, Array], Array], see: See | None, codes: Array) -> Array:
    """Returns formula(see, codes), element by element, of 8 bits by a table of 256."""
    if see or codes.dtype.itemsize > 1 or codes.size <= 256:
        return formula(see, codes)
    result: Array = formula(None, every_code(codes.dtype))[codes.view(np.uint8)]
    return result


def call_of_pairs(formula: Callable[[Array, Array], Array], input1: Operand, input2: Operand) -> Call | None:
    """Returns the C kernel's call of a formula that is defined for all pairs of codes of one type of 8 bits."""
    dtype = input1.dtype.value
    if input1.dtype != input2.dtype or dtype not in EIGHT_BITS:
        return None
    codes = every_code(np.dtype(dtype))
    table = pairs.as_held(formula(codes[:, None], codes[None, :]), dtype)
    return pairs.by_table((input1.shape, input2.shape), [table])


class OfPairs(ABC):
    """Base of records that compute elementwise on two operands: many of 8 bits by a table, which is kept."""

    @abstractmethod
    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair of elements.

        Args:
            way: where a kernel computes some elements in another way, which of its ways.
        """

    def ways_at(self, shape1: Shape, shape2: Shape) -> Ways:
        """Returns in which ways the elements are computed for operands of these shapes: here there is one."""
        return Ways("", "")

    @cached_property
    def _tables(self) -> dict[str, Array]:
        return {}

    def of_pairs(self, see: See | None, input1: Array, input2: Array) -> Array:
        """Returns what `formula` returns, each element computed in its way."""
        ways = self.ways_at(input1.shape, input2.shape)
        where = ways.are_first(np.broadcast_shapes(input1.shape, input2.shape))
        if where.all():
            return self._in_way(see, ways.first, input1, input2)
        if not where.any():
            return self._in_way(see, ways.rest, input1, input2)
        seen: tuple[dict[str, Array], dict[str, Array]] = {}, {}
        result, rest = (
            self._in_way(stages.__setitem__ if see else None, name, input1, input2)
            for stages, name in zip(seen, (ways.first, ways.rest), strict=True)
        )
        if see:
            for stage in seen[0]:
                see(stage, np.where(where, seen[0][stage], seen[1][stage]))
        return np.where(where, result, rest)

    def _in_way(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        size = np.broadcast(input1, input2).size
        if see or input1.dtype.itemsize > 1 or input1.dtype != input2.dtype or size < _MANY:
            return self.formula(see, way, input1, input2)
        row, column = input1.view(np.uint8).astype(np.uint16), input2.view(np.uint8)
        result: Array = self._table(way, input1.dtype).reshape(-1)[(row << np.uint16(8)) | column]
        return result

    def _table(self, way: str, dtype: np.dtype) -> Array:
        """Returns the results (256, 256) of all pairs of codes, in the order of their bytes."""
        if way not in self._tables:
            codes = every_code(dtype)
            self._tables[way] = self.formula(None, way, codes[:, None], codes[None, :])
        return self._tables[way]

    def compile(self, input1: Operand, input2: Operand) -> Call | None:
        """Returns the C kernel's call that does what `of_pairs` does: here for operands of one type of 8 bits."""
        dtype, shapes = input1.dtype.value, (input1.shape, input2.shape)
        if input1.dtype != input2.dtype or dtype not in EIGHT_BITS:
            return None
        ways = self.ways_at(*shapes)
        for position, (constant, other) in enumerate(((input1, input2), (input2, input1))):
            if constant.array is not None and constant.array.size == 1 and len(ways.used()) == 1:
                return self._of_one(ways.used()[0], position, constant, other)
        fast = self.by_formula(shapes, dtype, ways.used())
        return fast or pairs.by_table(shapes, self.tables(dtype, ways.used()), ways.length, ways.whole)

    def by_formula(self, shapes: tuple[Shape, Shape], dtype: str, used: Sequence[str]) -> Call | None:
        """As `compile`, where a formula gives the results in all the ways used; None where none does."""
        return None

    def tables(self, dtype: str, used: Sequence[str]) -> list[Array]:
        """Returns the results (256, 256) of all pairs in each way, in the order of how codes are held."""
        return [pairs.as_held(self._table(way, np.dtype(dtype)), dtype) for way in used]

    def _of_one(self, way: str, position: int, constant: Operand, other: Operand) -> Call | None:
        """As `compile`, where operand number `position` is a single constant."""
        assert constant.array is not None
        number = constant.array.reshape(())

        def formula(codes: Array) -> Array:
            return self.formula(None, way, *((number, codes) if position == 0 else (codes, number)))

        shape = np.broadcast_shapes(other.shape, constant.shape)
        return lut.looked_up(formula, other.dtype.value, shape, operand=1 - position)
