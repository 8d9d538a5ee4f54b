"""GELU: the input times the normal distribution function of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import tabled
from intact.ops.elementwise import OfCode
from intact.ops.tabled import Table

_HALF, _ONE, _CUBIC = np.float32(0.5), np.float32(1), np.float32(0.044715)
_ROOT_HALF: Final = np.float32(math.sqrt(0.5))
_ROOT_2_PI: Final = np.float32(math.sqrt(2 / math.pi))


def _exact(real: Array) -> Array:
    result: Array = _HALF * real * libm("erfc", real * -_ROOT_HALF)
    return result


def _approximate(real: Array) -> Array:
    inner = _ROOT_2_PI * (real + _CUBIC * real * real * real)
    result: Array = _HALF * real * (_ONE + libm("tanh", inner))
    return result


@dataclass(frozen=True)
class Gelu(OfCode):
    """out = input / 2 * (1 + erf(input / sqrt(2))).

    With `approximate`: out = input / 2 * (1 + tanh(sqrt(2 / pi) * (input + 0.044715 * input^3))).

    Integers are looked up, by rules of ops/tabled.py. The table is of input / 2 * erfc(-input / sqrt(2)), which is the
    same in exact arithmetic.

    Sources:
        tflite/kernels/activations.cc, GeluPrepare; tflite/kernels/internal/reference/gelu.h.
    """

    opcode = "GELU"
    rules = tabled.RULES
    options = "GeluOptions"
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT8: 2, DType.UINT8: 2, DType.INT16: 2}

    approximate: bool = False

    def prepare(self, site: Site, input: Operand) -> Table:
        """The table."""
        return tabled.prepare(self.opcode, _approximate if self.approximate else _exact, site, input)

    def compute(self, record: Table, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up."""
        return (record(see, input),)
