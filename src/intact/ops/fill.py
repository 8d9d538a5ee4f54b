"""FILL: a tensor of one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.fitness import stands_for_infinity
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import integers, require_rank, unknown


@dataclass(frozen=True)
class Fill(Movement):
    """out = value, everywhere in a tensor of shape `dims`.

    Sources:
        tflite/kernels/fill.cc.
    """

    opcode = "FILL"
    options = "FillOptions"
    quant = moves("value")
    versions = {DType.INT8: 3, DType.INT16: 3}

    def infer(self, dims: Operand, value: Operand) -> tuple[TensorType, ...]:
        """The wanted shape; unknown where it is computed."""
        require_rank("dims", dims, 1)
        require_rank("value", value, 0)
        wanted = integers(dims)
        if wanted is None:
            return unknown(value.dtype)
        if min(wanted, default=0) < 0:
            raise ModelError(f"dims are {list(wanted)}", expected="none below 0")
        return (TensorType(value.dtype, wanted),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """A mask may start as a tensor of minus infinity."""
        return stands_for_infinity(*operands[1:])

    def compute(self, record: Moved, see: See | None, dims: Array, value: Array) -> tuple[Array, ...]:
        """The stored number everywhere."""
        return (np.full(dims.tolist(), value, value.dtype),)
