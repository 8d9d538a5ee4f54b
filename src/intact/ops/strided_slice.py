"""STRIDED_SLICE: what NumPy writes as input[begin:end:stride, ..., None, 3]."""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import integers, require_shape, unknown


@dataclass(frozen=True)
class StridedSlice(View):
    """out = input[key], where entry i of the key is made of begin[i], end[i], strides[i] and bit i of the masks.

    ellipsis_mask makes it `...`, new_axis_mask `None`, shrink_axis_mask the index begin[i]; begin_mask and end_mask
    leave out the begin and the end of a slice. With `offset`, end[i] counts from begin[i].

    Sources:
        tflite/kernels/strided_slice.cc; tflite/kernels/internal/strided_slice_logic.h.
    """

    opcode = "STRIDED_SLICE"
    options = "StridedSliceOptions"
    quant = moves("input")
    versions = {DType.INT8: 2}

    begin_mask: int = 0
    end_mask: int = 0
    ellipsis_mask: int = 0
    new_axis_mask: int = 0
    shrink_axis_mask: int = 0
    offset: bool = False

    def infer(self, input: Operand, begin: Operand, end: Operand, strides: Operand) -> tuple[TensorType, ...]:
        """What is left of every dimension; unknown where a bound is computed."""
        (entries,) = begin.shape
        require_shape("end", end, entries)
        require_shape("strides", strides, entries)
        # How many elements a window with an offset takes does not depend on where it starts.
        starts = (0,) * entries if self.offset else integers(begin)
        stops, steps = integers(end), integers(strides)
        if starts is None or stops is None or steps is None:
            return unknown(input.dtype)
        if 0 in steps:
            raise ModelError(f"strides are {list(steps)}", code="E207", expected="none of them 0")
        key = tuple(self._entry(i, *bounds) for i, bounds in enumerate(zip(starts, stops, steps, strict=True)))
        taken = sum(entry is not ... and entry is not None for entry in key)
        if ... in key and taken >= len(input.shape):
            # NumPy and TensorFlow would have it stand for none; LiteRT 2.3.0 takes a dimension from the next entry.
            raise ModelError(
                f"{taken} entries and an ellipsis for {len(input.shape)} dimensions",
                code="E207",
                expected="one left for the ellipsis",
            )
        return (TensorType(input.dtype, np.broadcast_to(np.int8(0), input.shape)[key].shape),)

    def compute(
        self, record: Moved, see: See | None, input: Array, begin: Array, end: Array, strides: Array
    ) -> tuple[Array, ...]:
        """What NumPy takes for the same key."""
        bounds = list(zip(begin.tolist(), end.tolist(), strides.tolist(), strict=True))
        if self.offset:
            # An offset counts from a begin that is counted from the front, and stops at the end of the dimension.
            sizes = self._sizes_along(len(bounds), input)
            bounds = [(b + s if b < 0 else b, e, step) for (b, e, step), s in zip(bounds, sizes, strict=True)]
            bounds = [(b, b + e, step) for b, e, step in bounds]
        key = [self._entry(i, *each) for i, each in enumerate(bounds)]
        # With an ellipsis NumPy gives a view of a single element too.
        return (input[tuple(key if ... in key else [*key, ...])],)

    def _sizes_along(self, entries: int, input: Array) -> list[int]:
        """Size of the dimension that each entry of the key is about; 0 where it is about none."""
        taking = [not (self.ellipsis_mask | self.new_axis_mask) >> i & 1 for i in range(entries)]
        sizes, dimension = [], 0
        for i, takes in enumerate(taking):
            sizes.append(input.shape[dimension] if takes else 0)
            dimension += takes
            if self.ellipsis_mask >> i & 1:
                dimension = input.ndim - sum(taking[i:])
        return sizes

    def _entry(self, i: int, start: int, stop: int, step: int) -> slice | int | EllipsisType | None:
        bit = 1 << i
        if self.ellipsis_mask & bit:
            return ...
        if self.new_axis_mask & bit:
            return None
        if self.shrink_axis_mask & bit:
            return 0 if self.begin_mask & bit else start
        return slice(None if self.begin_mask & bit else start, None if self.end_mask & bit else stop, step)
