"""FAKE_QUANT: float to integer and back, so that training feels the rounding."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class FakeQuant(Op):
    """out = input rounded to one of 2^num_bits steps from min to max, moved so that 0 is a step; float only.

    Sources:
        tflite/kernels/fake_quant.cc; tflite/kernels/internal/quantization_util.cc, NudgeQuantizationRange.
    """

    opcode = "FAKE_QUANT"
    options = "FakeQuantOptions"

    min: float = 0.0
    max: float = 0.0
    num_bits: int = 0
    narrow_range: bool = False

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)
