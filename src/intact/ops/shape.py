"""SHAPE: the sizes of a tensor as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Ignored, QuantRule, Unquantized
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved


@dataclass(frozen=True)
class Shape(Op):
    """out = input.shape, as int32 or int64.

    Sources:
        tflite/kernels/shape.cc.
    """

    opcode = "SHAPE"
    options = "ShapeOptions"
    quant = QuantRule({"input": Ignored()}, (Unquantized(),))
    of_shapes = True

    out_type: DType = DType.FLOAT32

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """A vector as long as the input has dimensions."""
        if self.out_type not in (DType.INT32, DType.INT64):
            raise ModelError(f"out_type is {self.out_type.value}", code="E207", expected="int32 or int64")
        return (TensorType(self.out_type, (len(input.shape),)),)

    def prepare(self, site: Site, input: Operand) -> Moved:
        """The type of the numbers; the input's may be any."""
        return Moved(self.out_type.value, 0)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """The sizes."""
        return (np.array(input.shape, record.dtype),)
