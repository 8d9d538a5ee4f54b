"""RANK: how many dimensions a tensor has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Ignored, QuantRule, Unquantized
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved


@dataclass(frozen=True)
class Rank(Op):
    """out = len(input.shape).

    Sources:
        tflite/kernels/rank.cc.
    """

    opcode = "RANK"
    options = "RankOptions"
    quant = QuantRule({"input": Ignored()}, (Unquantized(),))
    of_shapes = True

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """An int32 scalar."""
        return (TensorType(DType.INT32, ()),)

    def prepare(self, site: Site, input: Operand) -> Moved:
        """The type of the number; the input's may be any."""
        return Moved(DType.INT32.value, 0)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """The count."""
        return (np.array(input.ndim, record.dtype),)
