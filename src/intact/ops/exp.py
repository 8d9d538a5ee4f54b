"""EXP: the exponential function."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Exp(Unary):
    """out = exp(input).

    Sources:
        tflite/kernels/exp.cc.
    """

    opcode = "EXP"
    options = "ExpOptions"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 2}
