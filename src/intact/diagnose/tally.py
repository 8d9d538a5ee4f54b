"""How many numbers of two arrays differ, bit by bit, and by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.ir.types import Array


@dataclass
class Tally:
    """What was found of one operator, or of one output.

    Args:
        index: position in its graph.
        operator: its name.
        result: name of its first result.
        values: numbers compared.
        differing: how many of them differ.
        largest: largest difference; of integers in steps, of floats real, infinite where shapes or types differ.
        first: (sample, result, element) of the first difference; None where there is none. Variables that an operator
            writes to count behind its results.
        graph: position of its graph in the model.
    """

    index: int
    operator: str
    result: str
    values: int = 0
    differing: int = 0
    largest: float = 0.0
    first: tuple[int, int, tuple[int, ...]] | None = None
    graph: int = 0


def add(tally: Tally, ours: Array, theirs: Array, sample: int, number: int) -> None:
    """Adds to a tally how two arrays compare. A NaN is equal to a NaN.

    Args:
        sample, number: of which sample and which result they are.
    """
    tally.values += theirs.size
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        tally.differing += max(theirs.size, 1)
        tally.largest = math.inf
        tally.first = tally.first or (sample, number, ())
        return
    left, right = np.ascontiguousarray(ours).reshape(-1), np.ascontiguousarray(theirs).reshape(-1)
    width = None if left.dtype.kind == "O" else _BITS.get(left.dtype.itemsize)
    differs = left != right if width is None else left.view(width) != right.view(width)
    if left.dtype.kind in "fc":
        differs &= ~(np.isnan(left) & np.isnan(right))
    if not differs.any():
        return
    tally.differing += int(differs.sum())
    if left.dtype.kind in "OSU":  # strings are not at any distance
        tally.largest = math.inf
    else:
        gap = np.abs(left[differs].astype(np.complex128) - right[differs].astype(np.complex128))
        tally.largest = max(tally.largest, float(gap.max()))
    if tally.first is None:
        where = np.unravel_index(int(np.flatnonzero(differs)[0]), ours.shape)
        tally.first = (sample, number, tuple(int(i) for i in where))


_BITS: Final = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
