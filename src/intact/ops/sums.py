"""What ADD and SUB derive from their parameters alike: two operands brought to one scale, and what becomes of the sum.

Four rules, by the names that profiles give them:

    double-away            both operands, shifted left to be precise, are multiplied to a common scale of twice the
                           larger one, and the sum to the result's; each multiplication rounded twice, see
                           arith/requantize.py
    double-away-vectors    the same, but blocks of elements in vectors, whose operands are rounded once or cut off, and
                           whose 8-bit sums wrap around in int16
    power-of-two           int16 with scales that are powers of two: a rounding shift of the coarser operand
    shared-shift           multipliers of 21 bits for both operands, one shift for the sum, rounded once

Sources:
    tflite/kernels/add.cc, sub.cc; tflite/kernels/internal/reference/add.h, sub.h; the optimized kernels under
    tflite/kernels/internal/optimized; XNNPACK src/microparams-init.c and src/qs8-vadd.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith import powers
from intact.arith.below_one import multiply_below_one
from intact.arith.requantize import See
from intact.arith.rounding import high_multiply, quantize_multiplier, shift_right_away
from intact.arith.vectors import stretch, through_int16
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.ops.by_codes import OfPairs
from intact.ops.finish import Finish, finish, float32_clamp
from intact.ops.quantized import EIGHT_BITS, INTEGERS, scale, zero_point
from intact.ops.xnnpack import takes8, well_shaped

POWERS_OF_TWO: Final = "int16 power-of-two"
RULES: Final = {
    "double-away": (*INTEGERS, POWERS_OF_TWO),
    "power-of-two": (POWERS_OF_TWO,),
    "shared-shift": EIGHT_BITS,
}
"""The rules of ADD and SUB alike."""

_PRECISION: Final = {DType.INT8: 20, DType.UINT8: 20, DType.INT16: 15}


@dataclass(frozen=True, eq=False)
class CommonScale(OfPairs):
    """A sum at twice the larger scale of its operands.

    Args:
        rule: double-away or double-away-vectors.
        sign: of the second operand, 1 or -1.
        zero_points: of the operands.
        left: bits that operands are shifted left by.
        multipliers: of the operands, Q0.31: scale / (2 * larger scale) = multiplier / 2^31 * 2^shift.
        shifts: of the operands, bits, 0 or negative.
        multiplier, shift: of the sum, the same of (2 * larger scale) / (2^left * result's scale).
        finish: zero point and clamp of the result.
    """

    rule: str
    sign: int
    zero_points: tuple[int, int]
    left: int
    multipliers: tuple[int, int]
    shifts: tuple[int, int]
    multiplier: int
    shift: int
    finish: Finish

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        along = stretch(input1.shape, input2.shape) if self.rule == "double-away-vectors" else None
        if along is None or (along.repeats and self.finish.dtype == "int16"):
            return (self.of_pairs(see, "scalar", input1, input2),)
        way, block = ("cut off", 8) if along.repeats or self.finish.dtype == "uint8" else ("combined", 16)
        where = along.in_vectors(np.broadcast_shapes(input1.shape, input2.shape), block)
        return (self.mixed(see, where, way, "scalar", input1, input2),)

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair: "scalar", or in vectors whose terms are "combined" or "cut off"."""
        term = {"scalar": self._rounded, "combined": self._combined, "cut off": self._cut_off}[way]
        total = np.asarray(term(0, input1) + self.sign * term(1, input2))
        if see:
            see("accumulator", total)
        number = multiply_below_one(total, self.multiplier, self.shift)
        if way != "scalar" and self.finish.dtype != "int16":
            zero = self.finish.zero_point
            number = through_int16(number, zero, saturates=False) - zero
        return self.finish(number, see)

    def _rounded(self, index: int, codes: Array) -> Array:
        """Returns an operand at the common scale, rounded after each step."""
        centred = codes.astype(np.int64) - self.zero_points[index]
        return multiply_below_one(centred << self.left, self.multipliers[index], self.shifts[index])

    def _combined(self, index: int, codes: Array) -> Array:
        """Returns an operand at the common scale by one shift left or, cut off, right; then rounded once."""
        centred, left = codes.astype(np.int64) - self.zero_points[index], self.left + self.shifts[index]
        shifted = np.left_shift(centred, left) if left >= 0 else np.right_shift(centred, -left)
        return high_multiply(shifted, self.multipliers[index])

    def _cut_off(self, index: int, codes: Array) -> Array:
        """Returns an operand at the common scale, bits shifted out to the right cut off."""
        centred = codes.astype(np.int64) - self.zero_points[index]
        high = high_multiply(centred << self.left, self.multipliers[index])
        result: Array = np.right_shift(high, -self.shifts[index])
        return result


@dataclass(frozen=True)
class PowerOfTwo:
    """A sum of int16 whose scales are powers of two.

    Args:
        sign: of the second operand, 1 or -1.
        shifts: bits that the operands are shifted right by, to the result's scale; one of them is 0.
        finish: clamp of the result.
    """

    sign: int
    shifts: tuple[int, int]
    finish: Finish

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        first = shift_right_away(input1.astype(np.int64), self.shifts[0])
        second = shift_right_away(input2.astype(np.int64), self.shifts[1])
        total = first + self.sign * second
        if see:
            see("accumulator", total)
        return (self.finish(total, see),)


@dataclass(frozen=True, eq=False)
class SharedShift(OfPairs):
    """A sum of products with short multipliers.

    Args:
        zero_points: of the operands.
        multipliers: of the operands, scale / result's scale * 2^shift rounded to an integer, the larger one of 21
            bits; that of a subtrahend is negative.
        shift: bits to the right, of the sum; 12 to 30. Rounded once, ties up.
        finish: zero point and clamp of the result.
    """

    zero_points: tuple[int, int]
    multipliers: tuple[int, int]
    shift: int
    finish: Finish

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        return (self.of_pairs(see, "", input1, input2),)

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair; there is one way."""
        first, second = (c.astype(np.int64) - z for c, z in zip((input1, input2), self.zero_points, strict=True))
        total = np.asarray(first * self.multipliers[0] + second * self.multipliers[1])
        if see:
            see("accumulator", total)
        return self.finish((total + (1 << (self.shift - 1))) >> self.shift, see)


Sum = CommonScale | PowerOfTwo | SharedShift


def prepare(
    operator: str,
    sign: int,
    activation: FusedActivation,
    power_of_two: bool,
    site: Site,
    input1: Operand,
    input2: Operand,
) -> Sum:
    """Returns what ADD (sign 1) or SUB (sign -1) derives from its parameters.

    Args:
        power_of_two: the model asks for shifts where all scales of int16 are powers of two.
    Raises:
        UncoveredError: types or scales that no kernel has.
    """
    result = site.results[0]
    if input1.dtype not in _PRECISION or not input1.dtype == input2.dtype == result.dtype:
        raise UncoveredError(f"{operator} of {input1.dtype.value} to {result.dtype.value}")
    steps = scale("input1", input1), scale("input2", input2)
    output = scale("the result", result)
    zeros = zero_point(input1), zero_point(input2)
    if input1.dtype == DType.INT16 and (*zeros, zero_point(result)) != (0, 0, 0):
        raise UncoveredError(f"{operator} of int16 with a zero point")
    exponents = [powers.power_of_two(s) for s in (*steps, output)]
    kinds: tuple[str, ...] = (input1.dtype.value,)
    if input1.dtype == DType.INT16 and power_of_two and None not in exponents:
        kinds = (POWERS_OF_TWO, "int16")
    rule = site.rule(operator, *kinds, taken=_taken(site, steps, output, input1, input2))
    end = finish(activation, result)
    match rule.name:
        case "shared-shift":
            first, second, shift = short_multipliers(steps, output)
            return SharedShift(zeros, (first, sign * second), shift, float32_clamp(activation, result))
        case "power-of-two":
            first, second, last = (e for e in exponents if e is not None)
            shifts = last - first, last - second
            if min(shifts) < 0 or 0 not in shifts:
                raise UncoveredError(f"{operator} of int16 with scales 2^{first} and 2^{second} to 2^{last}")
            if operator == "ADD" and input1.shape != input2.shape:
                raise UncoveredError("ADD of int16 with scales that are powers of two does not broadcast")
            return PowerOfTwo(sign, shifts, end)
    twice = np.float64(np.float32(2) * max(steps))
    left = _PRECISION[input1.dtype]
    total = float(twice / np.float64(np.float32(1 << left) * output))
    if total >= 1:
        # ADD ends the process; SUB shifts by a negative number of bits, and each compiler makes what it likes of that.
        raise UncoveredError(f"{operator} to a scale of {output}: 2^{left} of it are not more than {twice}")
    pairs = [quantize_multiplier(float(np.float64(s) / twice)) for s in steps]
    return CommonScale(
        rule.name,
        sign,
        zeros,
        left,
        (pairs[0][0], pairs[1][0]),
        (pairs[0][1], pairs[1][1]),
        *quantize_multiplier(total),
        end,
    )


def short_multipliers(steps: tuple[np.float32, np.float32], output: np.float32) -> tuple[int, int, int]:
    """Returns the operands' multipliers and the shift that XNNPACK derives; all quotients in float32.

    Sources:
        XNNPACK src/microparams-init.c, xnn_init_qs8_add_minmax_scalar_params.
    """
    quotients = [s / output for s in steps]
    shift = 21 - math.frexp(float(max(quotients)))[1]
    first, second = (int(np.rint(np.ldexp(q, shift))) for q in quotients)
    return first, second, shift


def _taken(
    site: Site, steps: tuple[np.float32, np.float32], output: np.float32, input1: Operand, input2: Operand
) -> bool:
    """True where XNNPACK's delegate takes the operator: 8 bits, scales within a factor of 1024 and 256 of the result's.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, VisitBinaryNode.
    """
    near = all(2.0**-10 <= s / output < 2.0**8 for s in steps)
    return near and takes8(input1) and takes8(input2) and takes8(site.results[0]) and well_shaped(input1, input2)
