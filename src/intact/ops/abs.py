"""ABS: the absolute value."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary
from intact.ops.fitness import not_float


@dataclass(frozen=True)
class Abs(Unary):
    """out = |input|.

    Sources:
        tflite/kernels/elementwise.cc, AbsEvalQuantized.
    """

    opcode = "ABS"
    options = "AbsOptions"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 3, DType.INT32: 5}

    def unfit(self, *operands: Operand | None) -> str | None:
        """Arithmetic on shapes and indices stays as it is."""
        return not_float(*operands)
