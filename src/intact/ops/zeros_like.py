"""ZEROS_LIKE: zeros of a tensor's shape and type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class ZerosLike(Movement):
    """out = 0, in the shape of the input.

    Sources:
        tflite/kernels/zeros_like.cc, which knows float32, int32 and int64.
    """

    opcode = "ZEROS_LIKE"
    options = "ZerosLikeOptions"
    of_shapes = True

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """Stored zeros."""
        return (np.zeros(input.shape, input.dtype),)
