"""ZEROS_LIKE: zeros of a tensor's shape and type."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class ZerosLike(Op):
    """out = 0, in the shape of the input.

    Sources:
        tflite/kernels/zeros_like.cc, which knows float32, int32 and int64.
    """

    opcode = "ZEROS_LIKE"
    options = "ZerosLikeOptions"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)
