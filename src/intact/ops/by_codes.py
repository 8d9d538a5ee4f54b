"""Elementwise formulas of 8-bit operands, worked out once for every code or pair of codes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np

from intact.arith.requantize import See
from intact.ir.types import Array

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


class OfPairs(ABC):
    """Base of records that compute elementwise on two operands: many of 8 bits by a table, which is kept."""

    @abstractmethod
    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair of elements.

        Args:
            way: where a kernel computes some elements in another way, which of its ways.
        """

    @cached_property
    def _tables(self) -> dict[str, Array]:
        return {}

    def of_pairs(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns what `formula` returns."""
        size = np.broadcast(input1, input2).size
        if see or input1.dtype.itemsize > 1 or input1.dtype != input2.dtype or size < _MANY:
            return self.formula(see, way, input1, input2)
        if way not in self._tables:
            codes = every_code(input1.dtype)
            self._tables[way] = self.formula(None, way, codes[:, None], codes[None, :]).reshape(-1)
        row, column = input1.view(np.uint8).astype(np.uint16), input2.view(np.uint8)
        result: Array = self._tables[way][(row << np.uint16(8)) | column]
        return result

    def mixed(self, see: See | None, where: Array, way: str, other: str, input1: Array, input2: Array) -> Array:
        """Returns the results of `way` where `where` holds, of `other` elsewhere."""
        if where.all():
            return self.of_pairs(see, way, input1, input2)
        if not where.any():
            return self.of_pairs(see, other, input1, input2)
        seen: tuple[dict[str, Array], dict[str, Array]] = {}, {}
        result, rest = (
            self.of_pairs(stages.__setitem__ if see else None, name, input1, input2)
            for stages, name in zip(seen, (way, other), strict=True)
        )
        if see:
            for stage in seen[0]:
                see(stage, np.where(where, seen[0][stage], seen[1][stage]))
        return np.where(where, result, rest)
