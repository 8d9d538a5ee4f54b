"""EXP: the exponential function."""

from __future__ import annotations

from dataclasses import dataclass

from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import tabled
from intact.ops.elementwise import OfCode
from intact.ops.tabled import Table


@dataclass(frozen=True)
class Exp(OfCode):
    """out = exp(input).

    Sources:
        tflite/kernels/exp.cc.
    """

    opcode = "EXP"
    rules = tabled.RULES
    options = "ExpOptions"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 2}

    def prepare(self, site: Site, input: Operand) -> Table:
        """The table."""
        tabled.require_symmetric16(self.opcode, site, input)
        return tabled.prepare(self.opcode, lambda real: libm("exp", real), site, input)

    def compute(self, record: Table, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up."""
        return (record(see, input),)
