"""RANK: how many dimensions a tensor has."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Ignored, QuantRule, Unquantized
from intact.ir.types import DType, TensorType


@dataclass(frozen=True)
class Rank(Op):
    """out = len(input.shape).

    Sources:
        tflite/kernels/rank.cc.
    """

    opcode = "RANK"
    options = "RankOptions"
    quant = QuantRule({"input": Ignored()}, (Unquantized(),))

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """An int32 scalar."""
        return (TensorType(DType.INT32, ()),)
