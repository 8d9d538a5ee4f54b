"""DIV: elementwise quotient with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.below_one import multiply_below_one
from intact.arith.fixed_point import leading_zeros, reciprocal
from intact.arith.requantize import See
from intact.arith.rounding import high_multiply, quantize_multiplier, wrap32
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.by_codes import call_of_pairs
from intact.ops.elementwise import Arithmetic, codes, wrong_pairs
from intact.ops.finish import Finish, finish
from intact.ops.quantized import INTEGERS, scale, zero_point


@dataclass(frozen=True)
class Quotient:
    """What DIV is prepared to.

    Args:
        zero_points: of the operands.
        multiplier: Q0.31, and
        shift: bits, of
        factor: scale1 / (scale2 * result's scale).
        finish: zero point and clamp of the result.
    """

    zero_points: tuple[int, int]
    multiplier: int
    shift: int
    factor: float
    finish: Finish


@dataclass(frozen=True)
class Div(Arithmetic):
    """out = activation(input1 / input2); integers are cut towards zero.

    LiteRT has integer kernels, but they fail at run time on a divisor that rounds to zero, and give the most negative
    number there is for a quotient just below zero: for 0.2 % of all pairs of int8 codes at input1 in [-3, 4], input2 in
    [0.5, 3]. Measured on ai-edge-litert 2.3.0, the same in all three kernel sets.

    The kernel multiplies by a reciprocal in Q0.31 that Newton's steps find, and gathers all shifts in a last one to
    the right. That one is of up to 31 bits and more, up to 93, and of quotients that are too small by one in 2^32 it
    makes what arith/below_one.py says: 1 of positive ones, and of negative ones the dividend with its headroom used,
    which ends at the lower limit. Rules:

        reciprocal            scale1 / (scale2 * result's scale) in float32
        reciprocal-float64    the same in float64

    Sources:
        tflite/kernels/div.cc; tflite/kernels/internal/reference/div.h.
    """

    opcode = "DIV"
    rules = {"reciprocal": INTEGERS, "reciprocal-float64": INTEGERS}
    why_float = "LiteRT's integer kernels fail on a divisor that rounds to zero"
    options = "DivOptions"

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> Quotient:
        """Multiplier, shift and clamp."""
        result = site.results[0]
        if input1.dtype not in {DType.INT8, DType.UINT8, DType.INT16} or not (
            input1.dtype == input2.dtype == result.dtype
        ):
            raise UncoveredError(f"DIV of {input1.dtype.value} to {result.dtype.value}")
        rule = site.rule(self.opcode, input1.dtype.value, taken=False)
        width = np.float64 if rule.name == "reciprocal-float64" else np.float32
        values = ("input1", input1), ("input2", input2), ("the result", result)
        steps = [width(scale(name, value)) for name, value in values]
        factor = steps[0] / (steps[1] * steps[2])
        record = Quotient(
            (zero_point(input1), zero_point(input2)),
            *quantize_multiplier(float(factor)),
            float(factor),
            finish(self.fused_activation_function, result),
        )
        self._note_astray(site, record, input1, input2, float(factor))
        return record

    def _note_astray(self, site: Site, record: Quotient, input1: Operand, input2: Operand, factor: float) -> None:
        first, second = codes(input1)[:, None], codes(input2)
        second = second[second != record.zero_points[1]]
        (found,) = self.compute(record, None, first, second)
        end = record.finish
        real = factor * (first - record.zero_points[0]) / (second - record.zero_points[1]) + end.zero_point
        far = np.abs(np.clip(real, end.low, end.high) - found) > 2
        if np.any(far):
            wrong = wrong_pairs(far, input1, input2)
            site.defect(f"the kernel shifts by more than 31 bits, which gets {wrong} wrong: quotients near 0")

    def compute(self, record: Quotient, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The dividend times the divisor's reciprocal.

        Raises:
            ValueError: a divisor stands for 0; kernels fail then.
        """
        dividend, divisor = (x.astype(np.int64) - z for x, z in zip((input1, input2), record.zero_points, strict=True))
        if not np.all(divisor):
            raise ValueError("a divisor stands for 0")
        dividend = np.asarray(dividend * np.sign(divisor))
        inverse, bits = reciprocal(np.abs(np.asarray(divisor)), 31)
        # Bits below the sign that equal it.
        headroom = leading_zeros(np.where(dividend < 0, ~dividend, dividend)) - 1
        quotient = high_multiply(wrap32(np.left_shift(dividend, headroom)), inverse)
        if see:
            see("input offset", dividend)
            see("products", quotient)
        number = multiply_below_one(quotient, record.multiplier, record.shift - bits - headroom)
        return (record.finish(number, see),)

    def compile(self, record: Quotient, input1: Operand, input2: Operand) -> Call | None:
        """A table of all pairs of codes of 8 bits, where the divisors are known and none stands for 0."""
        zero = record.zero_points[1]
        if input2.array is None or (input2.array == zero).any():
            return None

        def quotient(dividend: Array, divisor: Array) -> Array:
            # No divisor is what stands for 0, so the results that it gets here are never read.
            return self.compute(record, None, dividend, np.where(divisor == zero, divisor ^ 1, divisor))[0]

        return call_of_pairs(quotient, input1, input2)
