"""RANK: how many dimensions a tensor has."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType


@dataclass(frozen=True)
class Rank(Op):
    """out = len(input.shape).

    Sources:
        tflite/kernels/rank.cc.
    """

    opcode = "RANK"
    options = "RankOptions"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """An int32 scalar."""
        return (TensorType(DType.INT32, ()),)
