"""SQUARED_DIFFERENCE: square of the elementwise difference, with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, Finest, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Binary


@dataclass(frozen=True)
class SquaredDifference(Binary):
    """out = (input1 - input2)^2.

    Sources:
        tflite/kernels/squared_difference.cc: of the quantized types, int8 only.
    """

    opcode = "SQUARED_DIFFERENCE"
    options = "SquaredDifferenceOptions"
    quant = QuantRule(
        {"input1": Activation(), "input2": Activation()},
        dtypes=frozenset({DType.INT8}),
        finest=Finest("square", 2.0**-11),  # the kernel ends the process at 2^-12
    )
    versions = {DType.INT8: 2}
