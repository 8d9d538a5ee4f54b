"""LOG_SOFTMAX along the last dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls import softmax
from intact.arith.fixed_log import log
from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.arith.rounding import multiply, quantize_multiplier, shift_right_away
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, Fixed, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.elementwise import Unary
from intact.ops.exponentials import Differences, float_sum, float_table, sum_in_q12
from intact.ops.quantized import EIGHT_BITS, demand, scale, zero_point


@dataclass(frozen=True)
class FixedLog:
    """LOG_SOFTMAX in fixed point; the result's scale is 1/16, its zero point the largest code.

    Args:
        differences: stored numbers less the largest of their row, to Q5.26.
        inverse_multiplier: Q0.31, with `inverse_shift` from Q5.26 back to stored differences.
        inverse_shift: bits, 0 or less.
        inverse_factor: the real multiplier that those stand for.
        result: type of the result.
    """

    differences: Differences
    inverse_multiplier: int
    inverse_shift: int
    inverse_factor: float
    result: DType


@dataclass(frozen=True, eq=False)
class FloatLog:
    """LOG_SOFTMAX in float32.

    Args:
        table: float32 (256,), exponentials by difference from the largest number of the row.
        input_scale: of the input.
        output_scale, output_zero_point: of the result.
        result: type of the result.
    """

    table: NDArray[np.float32]
    input_scale: np.float32
    output_scale: np.float32
    output_zero_point: int
    result: DType


Record = FixedLog | FloatLog


@dataclass(frozen=True)
class LogSoftmax(Unary):
    """out = input - log(sum of exp(input) along the last dimension).

    Rules:

        gemmlowp-32   exponentials in Q0.31, their sum in Q12.19, its logarithm in Q5.26
        float32       exponentials from a table of float32, added one by one; the result rounded with halves to even

    Sources:
        tflite/kernels/activations.cc, LogSoftmaxPrepare: the output holds [-16, 0], scale 16/256;
        tflite/kernels/internal/reference/log_softmax.h and integer_ops/log_softmax.h;
        tflite/kernels/internal/optimized/optimized_ops.h.
    """

    opcode = "LOG_SOFTMAX"
    rules = {"gemmlowp-32": EIGHT_BITS, "float32": EIGHT_BITS}
    options = "LogSoftmaxOptions"
    quant = QuantRule(
        {"input": Activation()},
        (Fixed({DType.INT8: (16 / 256, 127), DType.UINT8: (16 / 256, 255)}),),
        dtypes=frozenset({DType.INT8, DType.UINT8}),
        input_floor=2.0**-20,  # the kernel ends the process below 2^-26
    )
    versions = {DType.INT8: 2}

    def prepare(self, site: Site, input: Operand) -> Record:
        """Multipliers and shifts of differences, or the table."""
        result = site.results[0]
        if input.dtype not in {DType.INT8, DType.UINT8} or result.dtype != input.dtype:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value} to {result.dtype.value}")
        demand(self.opcode, result, 1 / 16, result.dtype.limits[1])
        rule = site.rule(self.opcode, input.dtype.value, taken=False).name
        step = scale("input", input)
        match rule:
            case "gemmlowp-32":
                differences = Differences.of(float(step))
                inverse = 2.0 ** (31 - differences.shift) / differences.multiplier
                return FixedLog(differences, *quantize_multiplier(inverse), inverse, result.dtype)
            case "float32":
                return FloatLog(float_table(step), step, scale("the result", result), zero_point(result), result.dtype)
        raise UncoveredError(f"'{rule}' is no rule of {self.opcode}")

    def compute(self, record: Record, see: See | None, input: Array) -> tuple[Array, ...]:
        """Differences from the largest number less the logarithm of the sum of their exponentials."""
        number = input.astype(np.int64)
        largest = number.max(axis=-1, keepdims=True, initial=-(1 << 15))
        match record:
            case FixedLog():
                found = _fixed(record, number - largest)
            case FloatLog():
                found = _float(record, number, largest)
        result = np.clip(found, *record.result.limits)
        if see:
            see("clamped", result)
        return (result.astype(record.result.numpy),)

    def compile(self, record: Record, input: Operand) -> Call | None:
        """In fixed point."""
        if not isinstance(record, FixedLog):
            return None
        every, steps = -np.arange(256), record.differences
        inverse = record.inverse_multiplier, record.inverse_shift
        powers = steps.powers(every)
        return softmax.fixed_log(input.shape, input.dtype.value, powers, steps(every), -steps.smallest, inverse)


def _fixed(record: FixedLog, difference: Array) -> Array:
    total = log(sum_in_q12(record.differences.powers(difference)), 12, 5)
    low, high = record.result.limits
    # What this is taken from stays above -2^31.
    smallest = multiply(total - (1 << 31), record.inverse_multiplier, record.inverse_shift)
    counted = difference > np.maximum(smallest, record.differences.smallest - 1)
    return np.where(counted, shift_right_away(record.differences(difference) - total, 22) + high, low)


def _float(record: FloatLog, number: Array, largest: Array) -> Array:
    total = libm("log", float_sum(record.table[largest - number]))
    offset = (record.input_scale * largest.astype(np.float32) + total) / record.output_scale
    real = (record.input_scale / record.output_scale) * number.astype(np.float32) - offset
    found: Array = np.rint(real).astype(np.int64) + record.output_zero_point
    return found
