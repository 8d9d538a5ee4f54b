"""LOCAL_RESPONSE_NORMALIZATION across neighbouring channels."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import require_rank, same_as


@dataclass(frozen=True)
class LocalResponseNormalization(Op):
    """out[..., c] = input[..., c] * (bias + alpha * sum of input[..., c-radius : c+radius+1]^2) ^ -beta; float only.

    Sources:
        tflite/kernels/local_response_norm.cc.
    """

    opcode = "LOCAL_RESPONSE_NORMALIZATION"
    options = "LocalResponseNormalizationOptions"

    radius: int = 0
    bias: float = 0.0
    alpha: float = 0.0
    beta: float = 0.0

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        require_rank("input", input, 4)
        return same_as(input)
