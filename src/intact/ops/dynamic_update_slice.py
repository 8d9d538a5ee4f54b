"""DYNAMIC_UPDATE_SLICE: a tensor with a box of it overwritten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls.positions import overlaid
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, Shape, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import of_one_type, same_as


@dataclass(frozen=True)
class DynamicUpdateSlice(Movement):
    """out = operand, with update in place of the box at start_indices, which moves inward where it would stand out.

    Sources:
        tflite/kernels/dynamic_update_slice.cc.
    """

    opcode = "DYNAMIC_UPDATE_SLICE"
    options = "DynamicUpdateSliceOptions"
    quant = moves("operand", "update")
    versions = {DType.INT16: 4}

    def infer(self, operand: Operand, update: Operand, start_indices: Operand) -> tuple[TensorType, ...]:
        """As the operand."""
        of_one_type(operand, update)
        _require_fit(operand.shape, update.shape, start_indices.shape)
        return same_as(operand)

    def compute(
        self, record: Moved, see: See | None, operand: Array, update: Array, start_indices: Array
    ) -> tuple[Array, ...]:
        """A copy of the operand with the box overwritten."""
        _require_fit(operand.shape, update.shape, start_indices.shape)
        corner = np.clip(start_indices, 0, np.subtract(operand.shape, update.shape)).tolist()
        result = operand.copy()
        result[tuple(slice(c, c + size) for c, size in zip(corner, update.shape, strict=True))] = update
        return (result,)

    def compile(self, record: Moved, operand: Operand, update: Operand, start_indices: Operand) -> Call | None:
        """A copy of the operand with the box overwritten."""
        dtype = str(np.dtype(operand.dtype.numpy))
        return overlaid(dtype, operand.shape, update.shape, start_indices.dtype.value)


def _require_fit(operand: Shape, update: Shape, start_indices: Shape) -> None:
    """Raises ModelError for a box that is larger than the operand, or whose corner has another number of dimensions."""
    if start_indices != (len(operand),):
        raise ModelError(f"start_indices has shape {list(start_indices)}", expected=f"shape [{len(operand)}]")
    if len(update) != len(operand) or any(part > whole for part, whole in zip(update, operand, strict=True)):
        raise ModelError(
            f"update has shape {list(update)}, operand {list(operand)}",
            expected="no size above operand's",
        )
