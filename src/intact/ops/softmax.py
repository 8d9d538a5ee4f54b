"""SOFTMAX along the last dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule, unit_interval
from intact.ir.types import DType
from intact.ops.elementwise import Unary

_SMALLEST_BETA: Final = 2.0**-5


@dataclass(frozen=True)
class Softmax(Unary):
    """out = exp(beta * input) / sum of exp(beta * input) along the last dimension.

    The reference kernel ends the process where beta * input scale * 2^26 <= 1, so also for a beta of 0 or less: with
    the smallest input scale, a beta of 2^-6 does and 2^-5 does not. Measured on ai-edge-litert 2.3.0.

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

    def unfit(self, *operands: Operand | None) -> str | None:
        """A beta that the reference kernel dies of at some scale, or that is infinite."""
        return None if _SMALLEST_BETA <= self.beta < math.inf else f"beta is {self.beta:g}"
