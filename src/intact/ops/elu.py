"""ELU: the input, below zero an exponential that levels off at -1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import tabled
from intact.ops.elementwise import OfCode
from intact.ops.quantized import EIGHT_BITS
from intact.ops.tabled import Table
from intact.ops.xnnpack import takes8


def _expm1(real: Array) -> Array:
    return np.where(real < 0, libm("expm1", np.minimum(real, 0)), real)


def _exp_less_one(real: Array) -> Array:
    return np.where(real < 0, libm("exp", np.minimum(real, 0)) - np.float32(1), real)


@dataclass(frozen=True)
class Elu(OfCode):
    """out = input where input > 0, else exp(input) - 1.

    Integers are looked up, by rules of ops/tabled.py; lut-float32-exp is lut-float32 with exp(input) - 1 in float32 in
    place of expm1. LiteRT's reference kernel set lacks the operator, float and int8.

    Sources:
        tflite/kernels/activations.cc, EluPrepare; XNNPACK src/reference/unary-elementwise.cc;
        tensorflow/lite/micro/kernels/elu.cc.
    """

    opcode = "ELU"
    rules = {"lut-float32": EIGHT_BITS, "lut-float32-even": EIGHT_BITS, "lut-float32-exp": EIGHT_BITS}
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8}))

    def prepare(self, site: Site, input: Operand) -> Table:
        """The table."""
        tabled.require_alike(self.opcode, site, input)
        taken = input.dtype == DType.INT8 and takes8(input) and takes8(site.results[0])
        rule = site.rule(self.opcode, input.dtype.value, taken=taken).name
        if rule == "lut-float32-exp":
            return tabled.make("lut-float32", _exp_less_one, site, input)
        return tabled.make(rule, _expm1, site, input)

    def compute(self, record: Table, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up."""
        return (record(see, input),)
