"""What moves elements and computes nothing, by the kernels of c/movement.h.

Where elements come from and go to is said by NumPy's own views, of arrays that stand in for operands and results: their
strides are read, their memory is never touched.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from intact.arith.rounding import Array
from intact.native import movement as native
from intact.native.call import Call, Held, address, flipped

_WORTH: Final = 1 << 16
"""Bytes that are worth a thread."""

_UNIT: Final = 1 << 14
"""Bytes that one unit moves at most, but for a longer run."""

_SQUARE: Final = 64
"""Elements each way that one unit turns from rows into columns."""

_MOST: Final = 1 << 12
"""Boxes of one call."""


def same_bytes(dtype: str, shape: tuple[int, ...], operand: int = 0) -> Call:
    """Returns an operand under another shape: nothing is done."""
    return Call(None, None, (operand,), (Held(dtype, shape),))


def stand_in(dtype: str, shape: tuple[int, ...]) -> Array:
    """Returns an array to take views of, whose contents are nothing."""
    return np.empty(shape, dtype)


@dataclass(eq=False)
class Moves:
    """How results are made up of parts of operands.

    Args:
        results: stand-ins of one type.
        sources: stand-ins of the operands that the kernel gets, by their position among the operator's.
    """

    results: Sequence[Array]
    sources: dict[int, Array]
    _boxes: list[tuple[int, native.Box]] = field(init=False, default_factory=list)
    _keeps: list[object] = field(init=False, default_factory=list)
    _fits: bool = field(init=False, default=True)

    def copy(self, to: Array, operand: int, view: Array, table: Array | None = None) -> None:
        """Adds a part.

        Args:
            to: view of a result.
            operand: its position.
            view: of its stand-in, of the same shape.
            table: uint8 (256,), in which bytes are looked up on their way.
        """
        if to.size == 0:
            return
        source, reads = self.sources[operand], list(self.sources)
        # What NumPy copied on its way is no view.
        self._fits = self._fits and _within(view, source)
        box = self._box(to, view.strides)
        box.from_, box.from_at = reads.index(operand), _start(view) - _start(source)
        if table is not None:
            box.table = address(table)
            self._keeps.append(table)

    def fill(self, to: Array, number: Array) -> None:
        """Adds a part that one number fills: a view of a result, and the number as operators know it."""
        if to.size == 0:
            return
        box = self._box(to, to.strides)
        box.from_ = -1
        box.filler[: to.itemsize] = list(flipped(number.astype(to.dtype).reshape(1)).tobytes())

    def frame(self, to: Array, inner: Sequence[slice], number: Array) -> None:
        """Adds parts that fill what is outside of an inner box, whose slices have a start and a stop."""
        for axis, within in enumerate(inner):
            before = (*inner[:axis], slice(0, within.start))
            after = (*inner[:axis], slice(within.stop, to.shape[axis]))
            self.fill(to[before], number)
            self.fill(to[after], number)

    def call(self) -> Call | None:
        """Returns what does it; None where some part has too many loops, or there are too many parts."""
        if not self._fits or len(self._boxes) > _MOST:
            return None
        boxes = (native.Box * max(1, len(self._boxes)))()
        units = 0
        for i, (count, box) in enumerate(self._boxes):
            box.first = units
            boxes[i] = box
            units += count
        element = self.results[0].itemsize
        params = native.Move(ctypes.addressof(boxes), len(self._boxes), element)
        size = sum(r.nbytes for r in self.results)
        return Call(
            "move",
            params,
            tuple(self.sources),
            tuple(Held(str(r.dtype), r.shape) for r in self.results),
            units=units,
            grain=max(1, _WORTH * units // max(1, size)),
            keeps=(boxes, *self._keeps),
        )

    def _box(self, to: Array, from_strides: tuple[int, ...]) -> native.Box:
        loops = _merged(to.shape, from_strides, to.strides)
        run = to.itemsize
        if loops and loops[-1][1:] == (run, run):
            run *= loops.pop()[0]
        columns = [loop for loop in loops[:-1] if loop[1] == run == to.itemsize][:1]
        # Rows become columns. In square parts both stay within the cache.
        loops[-1:-1] = [loops.pop(loops.index(loop)) for loop in columns]
        around = native.RANK - len(loops)
        box = native.Box(run=run)
        if around < 0:
            self._fits = False
            return box
        for d, loop in enumerate([*[(1, 0, 0)] * around, *loops]):
            box.extent[d], box.from_stride[d], box.to_stride[d] = loop
        most = _SQUARE if columns else max(1, _UNIT // run)
        box.part[1] = min(most, box.extent[native.RANK - 1])
        box.part[0] = min(_SQUARE if columns else max(1, most // box.part[1]), box.extent[native.RANK - 2])
        units = math.prod(-(-e // p) for e, p in zip(box.extent[native.RANK - 2 :], box.part, strict=True))
        number = next(i for i, r in enumerate(self.results) if _within(to, r))
        box.to, box.to_at = number, _start(to) - _start(self.results[number])
        self._boxes.append((math.prod(box.extent[: native.RANK - 2]) * units, box))
        return box


def picked(dtype: str, outer: int, size: int, rows: Array, columns: Array, inner: int, shape: tuple[int, ...]) -> Call:
    """Returns runs of elements of operand 0, picked by two indices each of which adds to where they are.

    Args:
        dtype: of operand and result.
        outer: how often the same is picked, each time `size` elements further on.
        rows, columns: int64. Element that each index leads to; all rows are gone through for each of the outer, all
            columns for each row.
        inner: elements of a run.
        shape: of the result.
    """
    item = np.dtype(dtype).itemsize
    at = tuple(np.ascontiguousarray(a.astype(np.int64) * item) for a in (rows, columns))
    params = native.Pick(address(at[0]), address(at[1]), rows.size, columns.size, size * item, inner * item)
    each = max(1, columns.size * inner * item)
    results = (Held(dtype, shape),)
    return Call("pick", params, (0,), results, units=outer * rows.size, grain=max(1, _WORTH // each), keeps=at)


def _merged(
    extents: tuple[int, ...], from_strides: tuple[int, ...], to_strides: tuple[int, ...]
) -> list[tuple[int, int, int]]:
    """Returns loops (extent, stride, stride), the result's slowest first; those that continue each other as one."""
    loops = [loop for loop in zip(extents, from_strides, to_strides, strict=True) if loop[0] > 1]
    merged: list[tuple[int, int, int]] = []
    for extent, source, target in sorted(loops, key=lambda loop: -abs(loop[2])):
        if merged and merged[-1][1:] == (extent * source, extent * target):
            merged[-1] = (merged[-1][0] * extent, source, target)
        else:
            merged.append((extent, source, target))
    return merged


def _start(array: Array) -> int:
    start: int = array.__array_interface__["data"][0]
    return start


def _within(view: Array, whole: Array) -> bool:
    return bool(np.may_share_memory(view, whole))
