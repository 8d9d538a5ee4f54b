"""CONCATENATION: operands side by side along one dimension."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import QuantRule, Tied
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.shapes import normal_axis, of_one_type, with_size


@dataclass(frozen=True)
class Concatenation(Op):
    """out = values[0], values[1], ... one after the other along `axis`.

    The uint8 kernel rescales operands of other scales, the int8 kernel refuses them, the int16 kernel copies them as
    they are; one scale for all is right for each.

    Sources:
        tflite/kernels/concatenation.cc.
    """

    opcode = "CONCATENATION"
    options = "ConcatenationOptions"
    quant = QuantRule({"values": Tied("output")})
    versions = {DType.INT8: 2, DType.INT16: 3}
    fused_version = None  # LiteRT refuses any

    axis: int = 0
    fused_activation_function: FusedActivation = FusedActivation.NONE

    def infer(self, *values: Operand) -> tuple[TensorType, ...]:
        """The sizes along the axis added up, all others as they are in every operand."""
        parts = of_one_type(*values)
        if self.fused_activation_function != FusedActivation.NONE:
            raise ModelError(f"fused activation is {self.fused_activation_function.name}", code="E207", expected="NONE")
        axis = normal_axis(self.axis, len(parts[0].shape))
        if len({(len(part.shape), part.shape[:axis], part.shape[axis + 1 :]) for part in parts}) > 1:
            raise ModelError(
                f"operands have shapes {[list(part.shape) for part in parts]}",
                expected=f"equal sizes in every dimension but {axis}",
            )
        return (with_size(parts[0], axis, sum(part.shape[axis] for part in parts)),)
