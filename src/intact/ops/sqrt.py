"""SQRT and RSQRT: the square root, and one over it.

The int16 kernels fail at run time on any stored integer below the zero point. An int8 tensor whose range starts at zero
has none; an int16 tensor is symmetric, and one that rounds to just below zero is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Sqrt(Unary):
    """out = sqrt(input).

    Sources:
        tflite/kernels/elementwise.cc, SqrtEvalQuantized.
    """

    opcode = "SQRT"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8}))
    versions = {DType.INT8: 2, DType.INT16: 2}


@dataclass(frozen=True)
class Rsqrt(Unary):
    """out = 1 / sqrt(input). The int8 kernel gives the largest number of the output's range for zero.

    Sources:
        tflite/kernels/elementwise.cc, RsqrtEvalQuantizedInt8.
    """

    opcode = "RSQRT"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8}))
    versions = {DType.INT8: 2, DType.INT16: 3}
