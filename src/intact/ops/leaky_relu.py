"""LEAKY_RELU: the input, less steep below zero."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class LeakyRelu(Unary):
    """out = input where input > 0, else alpha * input. Alpha may be anything, negative or above 1 too.

    Sources:
        tflite/kernels/activations.cc, LeakyReluPrepare.
    """

    opcode = "LEAKY_RELU"
    options = "LeakyReluOptions"
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT16: 2}

    alpha: float = 0.0
