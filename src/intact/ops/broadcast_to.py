"""BROADCAST_TO: a tensor repeated until it has a wanted shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import integers, require_rank, unknown


@dataclass(frozen=True)
class BroadcastTo(View):
    """out = input, repeated along dimensions of size 1 and along new ones in front.

    Sources:
        tflite/kernels/broadcast_to.cc. Version 1 was never released.
    """

    opcode = "BROADCAST_TO"
    options = "BroadcastToOptions"
    quant = moves("input")
    versions = dict.fromkeys(DType, 2) | {DType.INT8: 3, DType.INT16: 3}

    def infer(self, input: Operand, shape: Operand) -> tuple[TensorType, ...]:
        """The wanted shape; unknown where it is computed."""
        require_rank("shape", shape, 1)
        wanted = integers(shape)
        if wanted is None:
            return unknown(input.dtype)
        rank = len(input.shape)
        fits = (size in (1, other) for size, other in zip(input.shape, wanted[len(wanted) - rank :], strict=True))
        if rank > len(wanted) or not all(fits):
            raise ModelError(
                f"shape {list(input.shape)} does not broadcast to {list(wanted)}", expected="1 or equal sizes"
            )
        return (TensorType(input.dtype, wanted),)

    def compute(self, record: Moved, see: See | None, input: Array, shape: Array) -> tuple[Array, ...]:
        """The input in every place of its missing dimensions."""
        return (np.broadcast_to(input, shape.tolist()),)
