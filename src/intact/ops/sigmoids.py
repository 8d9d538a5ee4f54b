"""How LOGISTIC and TANH compute integers: by table, or in fixed point.

Rules:

    lut-float32                of 8 bits: a table of what float32 gives, halves away from zero
    lut-float32-even           likewise, as XNNPACK makes it
    gemmlowp-32                of int8: the input in Q4.27, gemmlowp's function of 32 bits, rounded to 8 bits; inputs
                               whose magnitude reaches 15 give the lowest and the highest result
    sigmoid-table              of int16: lines between the points of the sigmoid's table
    sigmoid-table-or-gemmlowp  of int16: gemmlowp's function of 16 bits where the input is in Q3.12 (and for TANH in
                               Q4.11), the table elsewhere
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.arith import lut, sigmoid16
from intact.arith.c_integers import sat16
from intact.arith.powers import power_of_two
from intact.arith.requantize import See
from intact.arith.rounding import multiply, quantize_multiplier, shift_right_away
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import tabled
from intact.ops.quantized import EIGHT_BITS, demand, scale, zero_point
from intact.ops.tabled import Table

RULES: Final = {
    "lut-float32": EIGHT_BITS,
    "lut-float32-even": EIGHT_BITS,
    "gemmlowp-32": ("int8",),
    "sigmoid-table": ("int16",),
    "sigmoid-table-or-gemmlowp": ("int16",),
}


@dataclass(frozen=True)
class Fixed32:
    """A sigmoid of int8 in gemmlowp's fixed point.

    Args:
        input_zero_point: of the input.
        multiplier: Q0.31, with `shift` from the input's steps to Q4.27.
        shift: bits, positive is left.
        factor: the real multiplier that those stand for.
        radius: magnitudes from here on, without zero point, give the lowest or the highest result.
        output_bits: fraction bits of the result: 8 of LOGISTIC, 7 of TANH.
        output_zero_point: -128 of LOGISTIC, 0 of TANH.
    """

    input_zero_point: int
    multiplier: int
    shift: int
    factor: float
    radius: int
    output_bits: int
    output_zero_point: int


@dataclass(frozen=True)
class Fixed16:
    """A sigmoid of int16.

    Args:
        gemmlowp: whether gemmlowp's function of 16 bits computes it, with 3 integer bits; else the table does.
        multiplier: integer that the input is multiplied by: to steps of 1 / (3 * 4096) for the table, and to Q3.12
            (1 or 2, saturated) for gemmlowp.
        shift: bits that the product is shifted right, halves up.
    """

    gemmlowp: bool
    multiplier: int
    shift: int


Record = Table | Fixed32 | Fixed16


@dataclass(frozen=True)
class Sigmoid:
    """What tells one sigmoid from the other.

    Args:
        operator: its name.
        real: of float32 arrays, for tables.
        real_xnnpack: the same for XNNPACK's.
        fixed: gemmlowp's function (number, integer bits, width).
        table16: by table, of numbers in steps of 1 / (3 * 4096).
        output_bits, output_zero_point: of an int8 result in fixed point, whatever the file says of it.
        pot_shifts: by how many bits a power-of-two scale may be larger than 2^-12 for gemmlowp's function of 16 bits.
    """

    operator: str
    real: lut.Function
    real_xnnpack: lut.Function
    fixed: Callable[[Array, int, int], Array]
    table16: Callable[[Array], Array]
    output_bits: int
    output_zero_point: int
    pot_shifts: tuple[int, ...]

    def prepare(self, site: Site, input: Operand, *, taken: bool) -> Record:
        """Returns what the rule needs."""
        tabled.require_alike(self.operator, site, input)
        rule = site.rule(self.operator, input.dtype.value, taken=taken).name
        match rule:
            case "gemmlowp-32":
                return self._fixed32(site, input)
            case "sigmoid-table" | "sigmoid-table-or-gemmlowp":
                return self._fixed16(rule, site, input)
        return tabled.make(rule, self.real_xnnpack if rule == "lut-float32-even" else self.real, site, input)

    def compute(self, record: Record, see: See | None, input: Array) -> Array:
        """Returns stored results of stored inputs."""
        match record:
            case Table():
                return record(see, input)
            case Fixed32():
                return self._of_int8(record, see, input)
        number = input.astype(np.int64)
        if record.gemmlowp:
            scaled = sat16(number * record.multiplier)
            result = self.fixed(scaled, 3, 16)
        else:
            scaled = sigmoid16.scaled(number, record.multiplier, record.shift)
            result = self.table16(scaled)
        if see:
            see("function input", scaled)
            see("clamped", result)
        return result.astype(np.int16)

    def _fixed32(self, site: Site, input: Operand) -> Fixed32:
        if input.dtype != DType.INT8:
            raise UncoveredError(f"{self.operator} of {input.dtype.value} in fixed point")
        factor = float(scale("input", input)) * (1 << 27)
        multiplier, shift = quantize_multiplier(factor)
        radius = math.floor(15 * 2.0 ** (27 - shift))
        return Fixed32(zero_point(input), multiplier, shift, factor, radius, self.output_bits, self.output_zero_point)

    def _fixed16(self, rule: str, site: Site, input: Operand) -> Fixed16:
        exponent = power_of_two(scale("input", input))
        larger = None if exponent is None else exponent + 12
        if zero_point(input):
            raise UncoveredError(f"{self.operator} of int16 with a zero point")
        demand(self.operator, site.results[0], 2.0**-15, 0, tolerance=6.9e-4)
        if larger not in self.pot_shifts:
            return Fixed16(False, *sigmoid16.multiplier(scale("input", input)))
        if rule == "sigmoid-table":
            return Fixed16(False, 3 << larger, 0)
        return Fixed16(True, 1 << larger, 0)

    def _of_int8(self, record: Fixed32, see: See | None, input: Array) -> Array:
        centred = input.astype(np.int64) - record.input_zero_point
        if see:
            see("input offset", centred)
        inside = np.abs(centred) < record.radius
        number = multiply(np.where(inside, centred, 0), record.multiplier, record.shift)
        function = self.fixed(number, 4, 32)
        found: Any = shift_right_away(function, 31 - record.output_bits) + record.output_zero_point
        result = np.where(inside, np.clip(found, -128, 127), np.where(centred > 0, 127, -128))
        if see:
            see("function input", number)
            see("function", np.asarray(function))
            see("clamped", result)
        return result.astype(np.int8)
