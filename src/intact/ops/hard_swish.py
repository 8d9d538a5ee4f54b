"""HARD_SWISH: the input times a ramp from 0 at -3 to 1 at 3."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, Finest, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class HardSwish(Unary):
    """out = input * min(max(input + 3, 0), 6) / 6.

    Sources:
        tflite/kernels/activations.cc, HardSwishPrepare.
    """

    opcode = "HARD_SWISH"
    options = "HardSwishOptions"
    quant = QuantRule(
        {"input": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}), finest=Finest("max", 2.0**-6)
    )
