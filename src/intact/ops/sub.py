"""SUB: elementwise difference with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intact.arith.requantize import See
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import SUMS, Activation, QuantRule
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import sums
from intact.ops.elementwise import Arithmetic
from intact.ops.pairs import reach


@dataclass(frozen=True)
class Sub(Arithmetic):
    """out = activation(input1 - input2).

    Sources:
        tflite/kernels/sub.cc.
    """

    opcode = "SUB"
    rules = sums.RULES
    options = "SubOptions"
    quant = QuantRule({"input1": Activation(), "input2": Activation()}, finest=SUMS)
    versions = {DType.INT8: 2, DType.INT16: 5, DType.INT64: 4}

    pot_scale_int16: bool = True

    def stored_as(self, dtype: DType) -> Op:
        """Scales of any size: the kernels for powers of two take only some of them."""
        return replace(self, pot_scale_int16=False) if dtype == DType.INT16 else self

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> sums.Sum:
        """Multipliers and shifts of both operands and of the difference."""
        return sums.prepare(self.opcode, -1, self.fused_activation_function, self.pot_scale_int16, site, input1, input2)

    def compute(self, record: sums.Sum, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The difference."""
        return record(see, input1, input2)

    def compile(self, record: sums.Sum, input1: Operand, input2: Operand) -> Call | None:
        """Of 8 bits one weighted sum where that is the same, else a table; of 16 bits each step of the formula."""
        return record.compile(input1, input2)

    def reach(self, record: sums.Sum, input1: Operand, input2: Operand) -> tuple[Array, Array]:
        """What both operands at one scale sum to."""
        return reach(record, input1, input2)

    def terms(self, record: sums.Sum, at: tuple[int, ...], input1: Array, input2: Array) -> list[Term]:
        """Both operands at one scale."""
        return record.terms(at, input1, input2)
