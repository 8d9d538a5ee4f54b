"""SUB: elementwise difference with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import SUMS, Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Arithmetic


@dataclass(frozen=True)
class Sub(Arithmetic):
    """out = activation(input1 - input2).

    Sources:
        tflite/kernels/sub.cc.
    """

    opcode = "SUB"
    options = "SubOptions"
    quant = QuantRule({"input1": Activation(), "input2": Activation()}, finest=SUMS)
    versions = {DType.INT8: 2, DType.INT16: 5, DType.INT64: 4}

    pot_scale_int16: bool = True
