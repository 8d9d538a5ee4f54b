"""SOFTMAX along the last dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import lut
from intact.arith.c_integers import sat16
from intact.arith.calls import softmax as calls
from intact.arith.fixed_point import high_product, leading_zeros, reciprocal
from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.arith.rounding import multiply, quantize_multiplier, round_half_away, shift_right_away
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule, unit_interval
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.elementwise import Unary
from intact.ops.exponentials import Differences, float_sum, float_table, sum_in_q12
from intact.ops.quantized import EIGHT_BITS, demand, scale, zero_point

_SMALLEST_BETA: Final = 2.0**-5


@dataclass(frozen=True, eq=False)
class Fixed:
    """Softmax of 8 bits in fixed point; scale and zero point of the result are taken for granted.

    Args:
        differences: stored numbers less the largest of their row, to Q5.26.
        powers: int64 (256,), Q0.31, what the exponential is of differences from 0 to -255.
        result: type of the result.
    """

    differences: Differences
    powers: NDArray[np.int64]
    result: DType


@dataclass(frozen=True, eq=False)
class Float:
    """Softmax of 8 bits in float32.

    Args:
        table: float32 (256,), exponentials by difference from the largest number of the row.
        output_scale, output_zero_point: of the result.
        result: type of the result.
    """

    table: NDArray[np.float32]
    output_scale: np.float32
    output_zero_point: int
    result: DType


@dataclass(frozen=True, eq=False)
class Tables:
    """Softmax of int16 by two tables.

    Args:
        multiplier: Q0.31, with `shift` from differences to steps of 10 / 65535.
        shift: bits, positive is left.
        factor: the real multiplier that those stand for.
        powers: int64 (513,), exp of numbers from -10 to 0, Q0.15.
        inverses: int64 (513,), 1 / (1 + number) of numbers from 0 to 1, Q0.15.
    """

    multiplier: int
    shift: int
    factor: float
    powers: NDArray[np.int64]
    inverses: NDArray[np.int64]

    def exponentials(self, difference: Array) -> NDArray[np.int64]:
        """Returns those of stored numbers less the largest of their row, Q0.15."""
        steps = multiply(difference, self.multiplier, self.shift)
        return lut.look_up16(sat16(steps + 32767), self.powers)


Record = Fixed | Float | Tables


@dataclass(frozen=True)
class Softmax(Unary):
    """out = exp(beta * input) / sum of exp(beta * input) along the last dimension.

    The reference kernel ends the process where beta * input scale * 2^26 <= 1, so also for a beta of 0 or less: with
    the smallest input scale, a beta of 2^-6 does and 2^-5 does not. Measured on ai-edge-litert 2.3.0.

    8-bit kernels also write int16 results, at the scale of those.

    Rules:

        gemmlowp-32   of 8 bits: exponentials in Q0.31, their sum in Q12.19, its reciprocal by Newton's steps. A row
                      whose sum is 512 or more ends the process where the result has 8 bits: it would be shifted by more
                      than 31 bits
        float32       of 8 bits: exponentials from a table of float32, added one by one; a uint8 result is cut off after
                      1/2 is added and has no zero point, others are rounded with halves away from zero
        lut-float64   of int16: lines between the points of two tables, which were computed in float64
        lut-float32   likewise in float32

    Sources:
        tflite/kernels/activations.cc, SoftmaxPrepare: the output scale is 1/256 for 8 bits, 1/32768 for int16;
        tflite/kernels/internal/reference/softmax.h; tflite/kernels/internal/optimized/optimized_ops.h;
        tensorflow/lite/micro/kernels/softmax_common.cc.
    """

    opcode = "SOFTMAX"
    rules = {
        **dict.fromkeys(("gemmlowp-32", "float32"), EIGHT_BITS),
        **dict.fromkeys(("lut-float64", "lut-float32"), ("int16",)),
    }
    options = "SoftmaxOptions"
    quant = QuantRule({"input": Activation()}, (unit_interval(),), input_floor=2.0**-20)
    versions = {DType.INT8: 2, DType.INT16: 3}
    infers = "shapes"

    beta: float = 0.0

    def unfit(self, *operands: Operand | None) -> str | None:
        """A beta that the reference kernel dies of at some scale, or that is infinite."""
        return None if _SMALLEST_BETA <= self.beta < math.inf else f"beta is {self.beta:g}"

    def prepare(self, site: Site, input: Operand) -> Record:
        """Multiplier and shift of differences, or tables."""
        result = site.results[0]
        given, made = input.dtype, result.dtype
        if given == made and given in {DType.INT8, DType.UINT8, DType.INT16}:
            kind = given.value
        elif given in {DType.INT8, DType.UINT8} and made == DType.INT16:
            kind = f"{given.value} to int16"
        else:
            raise UncoveredError(f"{self.opcode} of {given.value} to {made.value}")
        if given == made and given != DType.UINT8:
            bits = 8 if given == DType.INT8 else 15
            demand(self.opcode, result, 2.0**-bits, -128 if given == DType.INT8 else 0, tolerance=1e-3)
        rule = site.rule(self.opcode, kind, taken=False).name
        step, beta = scale("input", input), np.float32(self.beta)
        match rule:
            case "gemmlowp-32":
                row = result.shape[-1] if result.shape else 0
                if made.bits == 8 and row >= 512:
                    site.risk(
                        f"the process ends at a row whose exponentials sum to 512 or more, as {row} equal ones do"
                    )
                differences = Differences.of(float(beta) * float(step))
                return Fixed(differences, differences.powers(-np.arange(256)), made)
            case "float32":
                return Float(float_table(step * beta), scale("the result", result), zero_point(result), made)
            case "lut-float64" | "lut-float32":
                # The product is in float32 on the runtimes that compute in float64 from there on.
                product = float(step * beta) if rule == "lut-float64" else float(step) * float(beta)
                factor = product / (10.0 / 65535.0)
                return Tables(
                    *quantize_multiplier(factor), factor, *_tables(np.float64 if rule == "lut-float64" else np.float32)
                )
        raise UncoveredError(f"'{rule}' is no rule of {self.opcode}")

    def compute(self, record: Record, see: See | None, input: Array) -> tuple[Array, ...]:
        """Exponentials over their sums."""
        number = input.astype(np.int64)
        difference = number - number.max(axis=-1, keepdims=True, initial=-(1 << 15))
        match record:
            case Fixed():
                result = _fixed(record, difference, see)
            case Float():
                result = _float(record, difference, see)
            case Tables():
                result = _by_tables(record, difference, see)
        if see:
            see("clamped", result)
        return (result.astype(np.int16 if isinstance(record, Tables) else record.result.numpy),)

    def compile(self, record: Record, input: Operand) -> Call | None:
        """Exponentials by table."""
        match record:
            case Fixed():
                return calls.fixed(input.shape, record.result.value, record.powers)
            case Float():
                zero = None if record.result == DType.UINT8 else record.output_zero_point
                name, limits = record.result.value, record.result.limits
                return calls.floating(input.shape, name, record.table, record.output_scale, zero, limits)
            case Tables():
                # In parts: what is worked out on the way takes ten times the memory of the table.
                parts = [record.exponentials(-d) for d in np.split(np.arange(1 << 16), 16)]
                return calls.lines(input.shape, np.concatenate(parts), record.inverses)


def _fixed(record: Fixed, difference: Array, see: See | None) -> Array:
    powers = record.powers[-difference]
    total = sum_in_q12(powers)
    _show(see, difference, powers, total)
    inverse, shift = reciprocal(total, 12)
    low, high = record.result.limits
    right = shift + 31 - record.result.bits
    if np.any(right > 31):
        raise ValueError("exponentials sum to 512 or more in a row, of which the kernel ends the process")
    found = shift_right_away(high_product(inverse, powers), right) + low
    return np.where(difference >= record.differences.smallest, np.clip(found, low, high), low)


def _float(record: Float, difference: Array, see: See | None) -> Array:
    powers = record.table[-difference]
    total = float_sum(powers)
    _show(see, difference, powers, total)
    scaled = powers * (np.float32(1) / (total * record.output_scale))
    if record.result == DType.UINT8:
        found = np.trunc(scaled + np.float32(0.5)).astype(np.int64)
    else:
        found = round_half_away(scaled).astype(np.int64) + record.output_zero_point
    result: Array = np.clip(found, *record.result.limits)
    return result


def _by_tables(record: Tables, difference: Array, see: See | None) -> Array:
    powers = record.exponentials(difference)
    total = powers.sum(axis=-1, keepdims=True)
    _show(see, difference, powers, total)
    zeros = leading_zeros(total)
    # Without leading zeros the sum is 1 + t in Q1.16; the table's input is t from 0 to 1 as -32768 to 32767.
    shifted = (np.left_shift(total, zeros - 1) + (1 << 13)) >> 14
    inverse = lut.look_up16(sat16(shifted - (3 << 15)), record.inverses)
    result: Array = np.clip((powers * inverse + np.left_shift(1, 30 - zeros)) >> (31 - zeros), 0, 32767)
    return result


def _show(see: See | None, difference: Array, powers: Array, total: Array) -> None:
    """Shows the stages of a softmax, the sum at every element of its row."""
    if see:
        see("difference", difference)
        see("exponential", powers)
        see("exponential sum", np.broadcast_to(total, powers.shape))


@cache
def _tables(width: type) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    def reals(span: float, zero: int) -> tuple[np.floating, np.floating]:
        step = width(span) / width(65535)
        return step * width(-32768 - zero), step * width(32767 - zero)

    one = width(1)
    powers = lut.table16(lambda real: libm("exp", real), reals(10, 32767), reals(2, 0), width)
    return powers, lut.table16(lambda real: one / (one + real), reals(1, -32768), reals(2, 0), width)
