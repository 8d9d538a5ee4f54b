"""ADD_N: elementwise sum of any number of operands."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class AddN(Op):
    """out = sum of the inputs, two at least; float32 or int32.

    Sources:
        tflite/kernels/add_n.cc.
    """

    opcode = "ADD_N"
    options = "AddNOptions"

    def infer(self, input1: Operand, input2: Operand, *inputs: Operand) -> tuple[TensorType, ...]:
        """As the first; nothing is broadcast."""
        for other in (input2, *inputs):
            if other.shape != input1.shape:
                raise ModelError(
                    f"inputs have shapes {list(input1.shape)} and {list(other.shape)}", expected="equal shapes"
                )
        return same_as(input1)
