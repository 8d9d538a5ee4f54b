"""LOGISTIC: the sigmoid."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule, unit_interval
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Logistic(Unary):
    """out = 1 / (1 + exp(-input)).

    Sources:
        tflite/kernels/activations.cc, SigmoidPrepare: the output scale is 1/256 for 8 bits, 1/32768 for int16.
    """

    opcode = "LOGISTIC"
    quant = QuantRule({"input": Activation()}, (unit_interval(),))
    versions = {DType.INT8: 2, DType.INT16: 3}
