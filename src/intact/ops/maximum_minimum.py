"""MAXIMUM and MINIMUM: the larger or smaller of two elements, with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import moves
from intact.ir.types import DType
from intact.ops.elementwise import Binary


@dataclass(frozen=True)
class Maximum(Binary):
    """out = the larger of input1 and input2. Kernels compare the stored integers, so scales are one.

    Sources:
        tflite/kernels/maximum_minimum.cc.
    """

    opcode = "MAXIMUM"
    options = "MaximumMinimumOptions"
    quant = moves("input1", "input2")
    versions = {DType.INT8: 2, DType.INT16: 4}


@dataclass(frozen=True)
class Minimum(Binary):
    """out = the smaller of input1 and input2; as MAXIMUM otherwise."""

    opcode = "MINIMUM"
    options = "MaximumMinimumOptions"
    quant = moves("input1", "input2")
    versions = {DType.INT8: 2, DType.INT16: 4}
