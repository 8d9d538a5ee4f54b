"""CAST: the same numbers as another element type."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Cast(Op):
    """out = input converted to `out_data_type`, floats cut towards zero. Quantization parameters play no part.

    Kernels go by the types of the tensors and not by the attributes, which old files leave out.

    Sources:
        tflite/kernels/cast.cc.
    """

    opcode = "CAST"
    options = "CastOptions"
    versions = {DType.INT8: 3}
    infers = "shapes"

    in_data_type: DType = DType.FLOAT32
    out_data_type: DType = DType.FLOAT32

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input, the type of the attribute."""
        return same_as(input, self.out_data_type)
