"""ADD: elementwise sum with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.shapes import broadcast


@dataclass(frozen=True)
class Add(Op):
    """out = activation(input1 + input2).

    Sources:
        tflite/kernels/add.cc.
    """

    opcode = "ADD"
    options = "AddOptions"
    quant = QuantRule({"input1": Activation(), "input2": Activation()})
    versions = {DType.INT8: 2, DType.INT16: 2}

    fused_activation_function: FusedActivation = FusedActivation.NONE
    pot_scale_int16: bool = True

    def infer(self, input1: Operand, input2: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape, the type of the first operand."""
        return (TensorType(input1.dtype, broadcast(input1, input2)),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return None if self.fused_activation_function.is_clamp else f"fused {self.fused_activation_function.name}"
