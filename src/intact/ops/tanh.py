"""TANH: the hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule, signed_unit_interval
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Tanh(Unary):
    """out = tanh(input).

    Sources:
        https://ai.google.dev/edge/litert/models/quantization_spec: the output scale is 1/128 for 8 bits. LiteRT's 8-bit
        kernels take any; int16 (tflite/kernels/activations.cc, TanhPrepare) and microcontrollers do not.
    """

    opcode = "TANH"
    quant = QuantRule({"input": Activation()}, (signed_unit_interval(),))
    versions = {DType.INT8: 2, DType.INT16: 3}
