"""SQUARED_DIFFERENCE: square of the elementwise difference, with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.arith.rounding import multiply, quantize_multiplier, wrap32
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, Finest, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.attributes import FusedActivation
from intact.ops.by_codes import call_of_pairs
from intact.ops.elementwise import Binary
from intact.ops.finish import Finish, finish
from intact.ops.quantized import scale, zero_point


@dataclass(frozen=True)
class Square:
    """What SQUARED_DIFFERENCE is prepared to.

    Args:
        zero_points: of the operands.
        left: bits that operands are shifted left by.
        multipliers: of the operands, Q0.31: scale / (2 * larger scale) = multiplier / 2^31 * 2^shift.
        shifts: of the operands, bits, 0 or negative.
        multiplier, shift: of the square, the same of (2 * larger scale)^2 / (2^(2 * left) * result's scale).
        factors, factor: the real multipliers that those stand for, of the operands and of the square.
        finish: zero point and limits of the result.
    """

    zero_points: tuple[int, int]
    left: int
    multipliers: tuple[int, int]
    shifts: tuple[int, int]
    multiplier: int
    shift: int
    factors: tuple[float, float]
    factor: float
    finish: Finish


@dataclass(frozen=True)
class SquaredDifference(Binary):
    """out = (input1 - input2)^2.

    Sources:
        tflite/kernels/squared_difference.cc: of the quantized types, int8 only.
    """

    opcode = "SQUARED_DIFFERENCE"
    rules = {"double-away": ("int8", "int16")}
    options = "SquaredDifferenceOptions"
    quant = QuantRule(
        {"input1": Activation(), "input2": Activation()},
        dtypes=frozenset({DType.INT8}),
        finest=Finest("square", 2.0**-11),  # the kernel ends the process at 2^-12
    )
    versions = {DType.INT8: 2}

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> Square:
        """Multipliers and shifts of both operands and of the square."""
        result = site.results[0]
        if not input1.dtype == input2.dtype == result.dtype:
            raise UncoveredError(f"SQUARED_DIFFERENCE of {input1.dtype.value} to {result.dtype.value}")
        site.rule(self.opcode, input1.dtype.value, taken=False)
        steps, output = (scale("input1", input1), scale("input2", input2)), scale("the result", result)
        twice = np.float64(np.float32(2) * max(steps))
        left = 0 if input1.dtype == DType.INT16 else 7
        total = float(twice * twice / np.float64(np.float32(1 << 2 * left) * output))
        if total >= 1 and input1.dtype == DType.INT8:
            raise UncoveredError(f"SQUARED_DIFFERENCE to a scale of {output}: 2^14 of it are less than {twice}^2")
        parts = float(steps[0] / twice), float(steps[1] / twice)
        pairs = [quantize_multiplier(p) for p in parts]
        return Square(
            (zero_point(input1), zero_point(input2)),
            left,
            (pairs[0][0], pairs[1][0]),
            (pairs[0][1], pairs[1][1]),
            *quantize_multiplier(total),
            parts,
            total,
            finish(FusedActivation.NONE, result),
        )

    def compute(self, record: Square, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The square of the difference at a common scale."""
        first, second = (
            multiply(
                (x.astype(np.int64) - record.zero_points[i]) << record.left, record.multipliers[i], record.shifts[i]
            )
            for i, x in enumerate((input1, input2))
        )
        square = wrap32(np.asarray(np.square(first - second)))
        if see:
            see("accumulator", square)
        return (record.finish(multiply(square, record.multiplier, record.shift), see),)

    def compile(self, record: Square, input1: Operand, input2: Operand) -> Call | None:
        """A table of all pairs of codes of 8 bits."""
        return call_of_pairs(lambda a, b: self.compute(record, None, a, b)[0], input1, input2)
