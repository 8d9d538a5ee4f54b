"""QUANTIZE: real numbers to integers, or integers to integers of other parameters."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Quantize(Op):
    """out = clamp(round(input / scale) + zero_point) with the parameters of the result, which say what type it has.

    Sources:
        tflite/kernels/quantize.cc.
    """

    opcode = "QUANTIZE"
    options = "QuantizeOptions"
    versions = {DType.INT16: 2}
    infers = "shapes"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input; int8, unless the file says otherwise."""
        return same_as(input, DType.INT8)
