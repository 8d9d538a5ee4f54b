"""LOG: the natural logarithm."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Log(Unary):
    """out = log(input). Integer kernels give the lowest number of the output's range for what is not above zero.

    There is an int8 kernel, but its input is spread evenly over 256 codes: on the spectrogram of a pitch tracker the
    logarithm of the second smallest code is where most of the signal lies below, and -4 dB are left of the result.

    Sources:
        tflite/kernels/elementwise.cc, LogLUTPrepare.
    """

    opcode = "LOG"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT16}))
    why_float = "8 bits have no room for the decades that a logarithm tells apart"
    versions = {DType.INT8: 2, DType.INT16: 2}
