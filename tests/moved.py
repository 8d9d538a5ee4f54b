"""Strategies that the tests of data-moving operators draw from: operands of any type, results of the same."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from drawn import codes
from integer import Codes, Constant

CODED = ("int8", "uint8", "int16")
TYPES = (*CODED, "float32", "int32", "int64", "bool")


def all_but(*refused: str) -> list[str]:
    """The types without those that LiteRT's kernel refuses."""
    return [dtype for dtype in TYPES if dtype not in refused]


@st.composite
def operands(draw: st.DrawFn, shape: tuple[int, ...], dtype: str) -> Codes:
    """A run-time operand; of a type that may be coded, with a scale or without one."""
    if dtype in CODED and draw(st.integers(0, 3)):
        return draw(codes(shape, dtype))
    return Codes(shape, dtype, None)


def like(operand: Codes) -> Codes:
    """A result that keeps the operand's type and scale; its shape is inferred."""
    return Codes((), operand.dtype, operand.scale, operand.zero_point)


def shapes(low: int = 1, high: int = 4, largest: int = 5) -> st.SearchStrategy[tuple[int, ...]]:
    """Sizes of `low` to `high` dimensions."""
    return st.lists(st.integers(1, largest), min_size=low, max_size=high).map(tuple)


def vector(numbers: object, dtype: str = "int32") -> Constant:
    """A constant of integers, such as a shape."""
    return Constant(np.array(numbers, dtype))
