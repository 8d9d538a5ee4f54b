"""HARD_SWISH: the input times a ramp from 0 at -3 to 1 at 3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.fixed_point import high_product, times_power
from intact.arith.requantize import See
from intact.arith.rounding import quantize_multiplier, shift_right_away
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, Finest, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import tabled
from intact.ops.elementwise import OfCode
from intact.ops.quantized import EIGHT_BITS, scale, zero_point


@dataclass(frozen=True)
class Swish:
    """HARD_SWISH in 16 bits.

    Args:
        input_zero_point: of the input.
        output_zero_point: of the result.
        ramp_multiplier: Q0.15, with `ramp_shift` from 128ths of the input's steps to 1/32768 of 3.
        ramp_shift: bits, positive is left, saturating.
        output_multiplier: Q0.15, with `output_shift` from 128ths of the input's steps to the result's.
        output_shift: bits, 0 or less.
        ramp_factor, output_factor: the real multipliers that those stand for.
        result: type of the result.
    """

    input_zero_point: int
    output_zero_point: int
    ramp_multiplier: int
    ramp_shift: int
    output_multiplier: int
    output_shift: int
    ramp_factor: float
    output_factor: float
    result: DType


@dataclass(frozen=True)
class HardSwish(OfCode):
    """out = input * min(max(input + 3, 0), 6) / 6.

    Rules:

        fixed-16   128 times the input without zero point, in 16 bits; the ramp in Q0.15; their product cut off towards
                   zero, then shifted right. A shift by 16 bits and more, where the input's scale is below 1/512 of the
                   result's, gives 1 or -1: a defect, which the ramp has too at input scales below 2^-22

    Sources:
        tflite/kernels/activations.cc, HardSwishPrepare; tflite/kernels/internal/reference/hard_swish.h.
    """

    opcode = "HARD_SWISH"
    rules = {"fixed-16": EIGHT_BITS}
    options = "HardSwishOptions"
    quant = QuantRule(
        {"input": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}), finest=Finest("max", 2.0**-6)
    )

    def prepare(self, site: Site, input: Operand) -> Swish:
        """Multipliers and shifts, from quotients of float32.

        Raises:
            UncoveredError: also where the output scale is so small against the input's that no kernel takes it.
        """
        tabled.require_alike(self.opcode, site, input)
        site.rule(self.opcode, input.dtype.value, taken=False)
        result = site.results[0]
        fine = np.float32(1 / 128) * scale("input", input)
        factors = float(fine / np.float32(3 / 32768)), float(fine / scale("the result", result))
        (ramp, ramp_shift), (output, output_shift) = (quantize_multiplier(f) for f in factors)
        if output_shift > 0:
            raise UncoveredError(f"{self.opcode} to a scale below 1/128 of the input's")
        far = max(-output_shift, -ramp_shift)
        if far >= 16:
            site.defect(f"the kernel shifts right by {far} bits in 16, which gives 1 or -1 where 0 would be right")
        return Swish(
            zero_point(input),
            zero_point(result),
            _short(ramp),
            ramp_shift,
            _short(output),
            output_shift,
            *factors,
            result.dtype,
        )

    def compute(self, record: Swish, see: See | None, input: Array) -> tuple[Array, ...]:
        """The input times the ramp."""
        centred = input.astype(np.int64) - record.input_zero_point
        fine = centred * 128
        ramp = fine
        # All but one bit of a left shift comes before the multiplication; what saturates there does so after it too.
        if record.ramp_shift > 0:
            ramp = times_power(ramp, record.ramp_shift - 1, 16)
        ramp = high_product(ramp, record.ramp_multiplier, 16)
        ramp = times_power(ramp, 1, 16) if record.ramp_shift > 0 else _shift_right(ramp, -record.ramp_shift)
        # From [-1, 1] to [0, 1].
        ramp = (ramp + (1 << 15)) >> 1
        product = ramp * high_product(fine, record.output_multiplier, 16)
        cut = np.sign(product) * (np.abs(product) >> 15)
        result = _shift_right(cut, -record.output_shift)
        stored = np.clip(result + record.output_zero_point, *record.result.limits)
        if see:
            see("input offset", centred)
            see("multiplied", cut)
            see("shifted", result)
            see("offset", result + record.output_zero_point)
            see("clamped", stored)
        return (stored.astype(record.result.numpy),)


def _shift_right(number: Array, bits: int) -> Array:
    # From 16 bits on gemmlowp's RoundingDivideByPOT of int16 has a mask that int16 does not hold, and gives 1 or -1.
    return shift_right_away(number, bits) if bits < 16 else np.where(number >= 0, 1, -1)


def _short(multiplier: int) -> int:
    # tflite/kernels/internal/common.h, DownScaleInt32ToInt16Multiplier.
    return min((multiplier + (1 << 15)) >> 16, 0x7FFF)
