"""DIV: elementwise quotient with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ops.elementwise import Arithmetic


@dataclass(frozen=True)
class Div(Arithmetic):
    """out = activation(input1 / input2); integers are cut towards zero.

    LiteRT has integer kernels, but they fail at run time on a divisor that rounds to zero, and give the most negative
    number there is for a quotient just below zero: for 0.2 % of all pairs of int8 codes at input1 in [-3, 4], input2 in
    [0.5, 3]. Measured on ai-edge-litert 2.3.0, the same in all three kernel sets.

    Sources:
        tflite/kernels/div.cc; tflite/kernels/internal/reference/div.h.
    """

    opcode = "DIV"
    why_float = "LiteRT's integer kernels fail on a divisor that rounds to zero"
    options = "DivOptions"
