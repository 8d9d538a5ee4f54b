"""LEAKY_RELU: the input, less steep below zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.arith.rounding import multiply, quantize_multiplier
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.ops.by_codes import of_codes
from intact.ops.elementwise import OfCode
from intact.ops.finish import Finish, finish
from intact.ops.quantized import (
    EIGHT_BITS,
    INTEGERS,
    Typed,
    note_far_shifts,
    scale,
    zero_point,
)
from intact.ops.xnnpack import takes8, well_shaped


@dataclass(frozen=True)
class TwoSlopes:
    """What LEAKY_RELU is prepared to.

    Args:
        rule: double-away, of the magnitude of a factor, its sign put on afterwards; double-away-signed, of the factor
            with its sign; or fixed-8.
        input_zero_point: of the operand.
        multipliers: of numbers from the zero point on, and below. Q0.31, or, by rule fixed-8, with 8 bits behind the
            point, ties to even, for a product that is rounded to an integer, ties up. Negative where alpha is.
        shifts: of both, bits; -8 by rule fixed-8.
        factors: the real multipliers of both, input_scale / result's scale without and with alpha, in float32.
        finish: zero point and limits of the result.
    """

    rule: str
    input_zero_point: int
    multipliers: tuple[int, int]
    shifts: tuple[int, int]
    factors: tuple[float, float]
    finish: Finish

    def __call__(self, see: See | None, codes: Array) -> Array:
        """Returns the result."""
        centred = np.asarray(codes.astype(np.int64) - self.input_zero_point)
        if see:
            see("input offset", centred)
        rising, falling = (_by(self.rule, centred, m, s) for m, s in zip(self.multipliers, self.shifts, strict=True))
        return self.finish(np.where(centred >= 0, rising, falling), see)


@dataclass(frozen=True)
class LeakyRelu(OfCode):
    """out = input where input > 0, else alpha * input. Alpha may be anything, negative or above 1 too.

    Sources:
        tflite/kernels/activations.cc, LeakyReluPrepare; tflite/kernels/internal/reference/leaky_relu.h; XNNPACK
        src/microparams-init.c, xnn_init_qs8_lrelu_scalar_params, and src/qs8-vlrelu.
    """

    opcode = "LEAKY_RELU"
    rules = {"double-away": INTEGERS, "double-away-signed": INTEGERS, "fixed-8": EIGHT_BITS}
    options = "LeakyReluOptions"
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT16: 2}

    alpha: float = 0.0

    def prepare(self, site: Site, input: Operand) -> TwoSlopes:
        """Multiplier and shift of both halves."""
        result = site.results[0]
        if input.dtype not in {DType.INT8, DType.UINT8, DType.INT16} or result.dtype != input.dtype:
            raise UncoveredError(f"LEAKY_RELU of {input.dtype.value} to {result.dtype.value}")
        step, output, alpha = scale("input", input), scale("the result", result), np.float32(self.alpha)
        zero = zero_point(input)
        if input.dtype == DType.INT16 and (zero, zero_point(result)) != (0, 0):
            raise UncoveredError("LEAKY_RELU of int16 with a zero point")
        rule = site.rule(self.opcode, input.dtype.value, taken=self._taken(input, result))
        end = finish(FusedActivation.NONE, result)
        if rule.name == "fixed-8":
            positive = step / output
            multipliers = int(np.rint(256 * positive)), int(np.rint(256 * (positive * alpha)))
            return TwoSlopes(rule.name, zero, multipliers, (-8, -8), (float(positive), float(positive * alpha)), end)
        factors = float(step / output), float(step * alpha / output)
        pairs = quantize_multiplier(factors[0]), quantize_multiplier(factors[1])
        note_far_shifts(site, pairs[0][1], pairs[1][1])
        return TwoSlopes(rule.name, zero, (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1]), factors, end)

    def _taken(self, input: Operand, result: Typed) -> bool:
        """True where XNNPACK's delegate takes the operator.

        Sources:
            tflite/delegates/xnnpack/xnnpack_delegate.cc, VisitUnaryNode.
        """
        if not (takes8(input) and takes8(result) and well_shaped(input)):
            return False
        positive = scale("input", input) / scale("the result", result)
        rising, falling = float(positive), float(positive * np.float32(self.alpha))
        alike = abs(self.alpha) >= np.finfo(np.float32).tiny and abs(falling) >= 2.0**-8
        return bool(alike) and 2.0**-8 <= rising <= 128.0 and -127.99609375 <= falling <= 128.0

    def compute(self, record: TwoSlopes, see: See | None, input: Array) -> tuple[Array, ...]:
        """Each half by its multiplier."""
        return (of_codes(record, see, input),)


def _by(rule: str, centred: Array, multiplier: int, shift: int) -> Array:
    if rule == "fixed-8":
        return (centred * multiplier + 128) >> 8
    if rule == "double-away-signed":
        return multiply(centred, multiplier, shift)
    rounded = multiply(centred, abs(multiplier), shift)
    return rounded if multiplier >= 0 else -rounded
