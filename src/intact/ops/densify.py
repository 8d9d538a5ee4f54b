"""DENSIFY: a sparse constant written out."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Densify(Op):
    """out = input with its zeros in place.

    Sources:
        tflite/kernels/densify.cc.
    """

    opcode = "DENSIFY"
    options = "DensifyOptions"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)
