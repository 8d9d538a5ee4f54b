"""Shapes that are broadcast to each other as the kernels of c/broadcast.h take them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from intact.native.pairs import DIMENSIONS, OPERANDS, Broadcast


def broadcast(*shapes: Sequence[int]) -> tuple[Broadcast, tuple[int, ...]] | None:
    """Returns the structure and the shape of the result; None where the kernels have not as many dimensions.

    Dimensions of 1 are left out, and what lies next to each other in all operands, or repeats in the same ones, is one
    dimension.

    Args:
        shapes: of two or three operands.
    """
    result = np.broadcast_shapes(*map(tuple, shapes))
    merged: list[tuple[int, tuple[bool, ...]]] = []
    for d, extent in enumerate(result):
        if extent == 1:
            continue
        goes_on = tuple(len(s) - len(result) + d >= 0 and s[len(s) - len(result) + d] != 1 for s in shapes)
        if merged and merged[-1][1] == goes_on:
            merged[-1] = (merged[-1][0] * extent, goes_on)
        else:
            merged.append((extent, goes_on))
    if len(merged) > DIMENSIONS:
        return None
    merged = merged or [(1, (True,) * len(shapes))]
    structure = Broadcast(len(merged))
    for d, (extent, _) in enumerate(merged):
        structure.extent[d] = extent
    for operand in range(OPERANDS):
        size = 1
        for d, (extent, goes_on) in reversed(list(enumerate(merged))):
            if operand < len(shapes) and goes_on[operand]:
                structure.stride[operand][d] = size
                size *= extent
    return structure, result


def elements(shape: Sequence[int]) -> int:
    """Returns how many elements an array has."""
    return math.prod(shape)
