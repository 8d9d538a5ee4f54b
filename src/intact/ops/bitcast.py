"""BITCAST: the same bytes read as another type."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType


@dataclass(frozen=True)
class Bitcast(Op):
    """out = the bytes of the input. The type is the file's choice, and the shape follows from it.

    A narrower type gets one more dimension at the end, a wider one takes that dimension away.

    Sources:
        tflite/kernels/bitcast.cc.
    """

    opcode = "BITCAST"
    options = "BitcastOptions"
    infers = "nothing"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """Nothing: the result's type is not an attribute."""
        return ()
