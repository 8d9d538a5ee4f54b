"""DENSIFY: a sparse constant written out."""

from __future__ import annotations

from dataclasses import dataclass

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Densify(Movement):
    """out = input with its zeros in place.

    Sources:
        tflite/kernels/densify.cc.
    """

    opcode = "DENSIFY"
    options = "DensifyOptions"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """The operand itself: the engine reads a sparse constant with its zeros in place."""
        return (input,)
