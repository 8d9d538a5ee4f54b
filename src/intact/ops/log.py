"""LOG: the natural logarithm."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Log(Unary):
    """out = log(input). Integer kernels give the lowest number of the output's range for what is not above zero.

    Sources:
        tflite/kernels/elementwise.cc, LogLUTPrepare.
    """

    opcode = "LOG"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 2}
