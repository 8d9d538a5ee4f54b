"""CUMSUM: running sums along one dimension."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import integers, normal_axis, same_as


@dataclass(frozen=True)
class Cumsum(Op):
    """out[i] = input[0] + ... + input[i] along `axis`; without input[i] if `exclusive`, from the end if `reverse`.

    Sources:
        tflite/kernels/cumsum.cc: float32, int32 and int64; no kernel for quantized types.
    """

    opcode = "CUMSUM"
    options = "CumsumOptions"

    exclusive: bool = False
    reverse: bool = False

    def infer(self, input: Operand, axis: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        for number in integers(axis) or ():
            normal_axis(number, len(input.shape))
        return same_as(input)
