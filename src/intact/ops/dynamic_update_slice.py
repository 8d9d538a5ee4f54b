"""DYNAMIC_UPDATE_SLICE: a tensor with a box of it overwritten."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import of_one_type, require_shape, same_as


@dataclass(frozen=True)
class DynamicUpdateSlice(Op):
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
        require_shape("start_indices", start_indices, len(operand.shape))
        within = len(update.shape) == len(operand.shape) and all(
            part <= whole for part, whole in zip(update.shape, operand.shape, strict=True)
        )
        if not within:
            raise ModelError(
                f"update has shape {list(update.shape)}, operand {list(operand.shape)}",
                expected="no size above operand's",
            )
        return same_as(operand)
