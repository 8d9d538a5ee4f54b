"""ELU: the input, below zero an exponential that levels off at -1."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Elu(Unary):
    """out = input where input > 0, else exp(input) - 1.

    Sources:
        tflite/kernels/activations.cc, EluEval; LiteRT's reference kernel set lacks the operator, float and int8.
    """

    opcode = "ELU"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8}))
