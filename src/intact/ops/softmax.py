"""SOFTMAX along the last dimension."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule, unit_interval
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Softmax(Unary):
    """out = exp(beta * input) / sum of exp(beta * input) along the last dimension.

    8-bit kernels also write int16 results, at the scale of those.

    Sources:
        tflite/kernels/activations.cc, SoftmaxPrepare: the output scale is 1/256 for 8 bits, 1/32768 for int16.
    """

    opcode = "SOFTMAX"
    options = "SoftmaxOptions"
    quant = QuantRule({"input": Activation()}, (unit_interval(),), input_floor=2.0**-20)
    versions = {DType.INT8: 2, DType.INT16: 3}
    infers = "shapes"

    beta: float = 0.0
