"""MAXIMUM and MINIMUM: the larger or smaller of two elements, with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls import choice
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.elementwise import Binary, require_codes
from intact.ops.quantized import INTEGERS


@dataclass(frozen=True)
class Extreme(Binary):
    """One of two elements. Kernels compare the stored integers, so scales are one.

    Sources:
        tflite/kernels/maximum_minimum.cc.
    """

    options = "MaximumMinimumOptions"
    quant = moves("input1", "input2")
    versions = {DType.INT8: 2, DType.INT16: 4}

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> None:
        """Nothing: stored integers are compared."""
        require_codes(self.opcode, site, input1, input2, types={DType.INT8, DType.UINT8, DType.INT16})


@dataclass(frozen=True)
class Maximum(Extreme):
    """out = the larger of input1 and input2."""

    opcode = "MAXIMUM"
    rules = {"codes": INTEGERS}

    def compute(self, record: None, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The larger of the stored integers."""
        return (np.asarray(np.maximum(input1, input2)),)

    def compile(self, record: None, input1: Operand, input2: Operand) -> Call | None:
        """The larger of the stored integers."""
        return choice.larger(input1.dtype.value, (input1.shape, input2.shape))


@dataclass(frozen=True)
class Minimum(Extreme):
    """out = the smaller of input1 and input2."""

    opcode = "MINIMUM"
    rules = {"codes": INTEGERS}

    def compute(self, record: None, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The smaller of the stored integers."""
        return (np.asarray(np.minimum(input1, input2)),)

    def compile(self, record: None, input1: Operand, input2: Operand) -> Call | None:
        """The smaller of the stored integers."""
        return choice.larger(input1.dtype.value, (input1.shape, input2.shape), smaller=True)
