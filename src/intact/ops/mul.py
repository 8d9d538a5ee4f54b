"""MUL: elementwise product with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Arithmetic


@dataclass(frozen=True)
class Mul(Arithmetic):
    """out = activation(input1 * input2).

    Sources:
        tflite/kernels/mul.cc.
    """

    opcode = "MUL"
    options = "MulOptions"
    quant = QuantRule({"input1": Activation(), "input2": Activation()})
    versions = {DType.INT8: 2, DType.INT16: 4, DType.INT64: 5}
