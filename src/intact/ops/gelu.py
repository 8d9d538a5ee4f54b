"""GELU: the input times the normal distribution function of it."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Gelu(Unary):
    """out = input / 2 * (1 + erf(input / sqrt(2))).

    With `approximate`: out = input / 2 * (1 + tanh(sqrt(2 / pi) * (input + 0.044715 * input^3))).

    Sources:
        tflite/kernels/activations.cc, GeluEval.
    """

    opcode = "GELU"
    options = "GeluOptions"
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT8: 2, DType.UINT8: 2, DType.INT16: 2}

    approximate: bool = False
