"""ATAN2: angle of a point."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Atan2(Op):
    """out = the angle of (x, y) against the x axis, in (-pi, pi].

    Sources:
        tflite/kernels/atan2.cc.
    """

    opcode = "ATAN2"
    options = "ATan2Options"

    def infer(self, y: Operand, x: Operand) -> tuple[TensorType, ...]:
        """As both; nothing is broadcast."""
        if y.shape != x.shape:
            raise ModelError(f"y has shape {list(y.shape)}, x {list(x.shape)}", expected="equal shapes")
        return same_as(y)
