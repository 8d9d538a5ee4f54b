"""What moves elements from or to places that operands name, by the kernels of c/positions.h."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from intact.native.call import Call, Held
from intact.native.positions import RANK, Fetch, Overlay

_WORTH: Final = 1 << 16
"""Bytes that are worth a thread."""

_BYTES: Final = {"int32": 4, "int64": 8}


def fetched(
    dtype: str,
    sizes: tuple[int, int, Sequence[int], int],
    positions: tuple[str, int],
    shape: tuple[int, ...],
    reads: tuple[int, int] = (0, 1),
) -> Call | None:
    """Returns runs of elements at positions that are computed; None for what has no elements or other positions.

    Args:
        dtype: of the tensor and of the result.
        sizes: the tensor's: how many batches; how many parts of one; the dimensions of a part that a position is about;
            how many elements a run has.
        positions: type, and how many there are for each batch: for all of its parts the same.
        shape: of the result.
        reads: which operands are the tensor and the positions.
    """
    item, (batches, parts, extents, inner), (kind, count) = np.dtype(dtype).itemsize, sizes, positions
    units = batches * parts
    if kind not in _BYTES or len(extents) > RANK or 0 in (units, count, inner, *extents):
        return None
    run = inner * item
    whole = run * math.prod(extents)
    params = Fetch(len(extents), count=count, units=parts, stride=whole, run=run, bytes=_BYTES[kind])
    for d, extent in enumerate(extents):
        params.extent[d], params.step[d] = extent, run * math.prod(extents[d + 1 :])
    results = Held(dtype, shape), Held("uint8", (units,))
    return Call("fetch", params, reads, results, units=units, grain=max(1, _WORTH // (count * run)), doubts=True)


def overlaid(dtype: str, shape: tuple[int, ...], box: tuple[int, ...], kind: str) -> Call | None:
    """Returns operand 0 with operand 1 in place of the box that begins at operand 2; None for too many dimensions.

    Args:
        dtype: of both operands.
        shape, box: of the operands.
        kind: type of the position.
    """
    if kind not in _BYTES or not 1 <= len(shape) <= RANK or 0 in (*shape, *box):
        return None
    last = len(shape) - 1
    while last and shape[last] == box[last]:
        # Whole rows of the box lie next to each other in the tensor.
        last -= 1
    run = np.dtype(dtype).itemsize * math.prod(shape[last + 1 :])
    params = Overlay(last + 1, run=run, bytes=_BYTES[kind])
    for d in range(last + 1):
        size = run if d == last else 1
        params.extent[d], params.box[d] = shape[d] * size, box[d] * size
    units, line = math.prod(shape[:last]), shape[last] * run
    return Call("overlay", params, (0, 1, 2), (Held(dtype, shape),), units=units, grain=max(1, _WORTH // line))
