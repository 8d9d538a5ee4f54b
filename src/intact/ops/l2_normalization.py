"""L2_NORMALIZATION along the last dimension."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule, signed_unit_interval
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class L2Normalization(Op):
    """out = input / max(sqrt(sum of input^2 along the last dimension), 1e-6). No kernel takes a fused activation.

    Sources:
        tflite/kernels/l2norm.cc, Prepare: the output scale is 1/128.
    """

    opcode = "L2_NORMALIZATION"
    options = "L2NormOptions"
    quant = QuantRule({"input": Activation()}, (signed_unit_interval(),), dtypes=frozenset({DType.INT8, DType.UINT8}))
    versions = {DType.INT8: 2}
    fused_version = None  # LiteRT refuses any

    fused_activation_function: FusedActivation = FusedActivation.NONE

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)
