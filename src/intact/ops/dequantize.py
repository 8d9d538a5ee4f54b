"""DEQUANTIZE: stored numbers to float32."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Dequantize(Op):
    """out = scale * (input - zero_point); a float16 input is widened.

    Sources:
        tflite/kernels/dequantize.cc.
    """

    opcode = "DEQUANTIZE"
    options = "DequantizeOptions"
    versions = {DType.INT8: 2, DType.INT16: 3, DType.FLOAT16: 3, DType.INT4: 6, DType.INT2: 7, DType.UINT4: 8}

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input, float32."""
        return same_as(input, DType.FLOAT32)
