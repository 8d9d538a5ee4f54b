"""PRELU: the input, below zero times a learned slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.arith.rounding import multiply, quantize_multiplier, wrap32
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.attributes import FusedActivation
from intact.ops.by_codes import OfPairs
from intact.ops.finish import Finish, finish
from intact.ops.quantized import EIGHT_BITS, note_far_shifts, scale, zero_point
from intact.ops.shapes import broadcast, same_as


@dataclass(frozen=True, eq=False)
class Slopes(OfPairs):
    """What PRELU is prepared to.

    Args:
        input_zero_point, alpha_zero_point: of the operands.
        positive: multiplier, Q0.31, and shift of input_scale / result's scale, for inputs from the zero point on.
        negative: the same of input_scale * alpha_scale / result's scale, for the products of the others with alpha.
        factors: the real multipliers that those two stand for.
        first_bytes: alpha is read as if its elements were of one byte each.
        finish: zero point and limits of the result.
    """

    input_zero_point: int
    alpha_zero_point: int
    positive: tuple[int, int]
    negative: tuple[int, int]
    factors: tuple[float, float]
    first_bytes: bool
    finish: Finish

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each input and alpha; there is one way."""
        centred = np.asarray(input1.astype(np.int64) - self.input_zero_point)
        products = wrap32(np.asarray(centred * (input2.astype(np.int64) - self.alpha_zero_point)))
        if see:
            see("input offset", centred)
            see("products", np.where(centred >= 0, centred, products))
        number = np.where(centred >= 0, multiply(centred, *self.positive), multiply(products, *self.negative))
        return self.finish(number, see)


@dataclass(frozen=True)
class PRelu(Op):
    """out = input where input > 0, else alpha * input; alpha is broadcast.

    The int16 kernel reads alpha as int8 (17 dB left), so it is not among `dtypes`: rule "first-bytes" takes an int16
    alpha for as many int8, the first half of its bytes.

    Sources:
        tflite/kernels/activations.cc, PreluPrepare and PreluEval; tflite/kernels/internal/reference/prelu.h.
    """

    opcode = "PRELU"
    rules = {
        **dict.fromkeys(("double-away", "double-away-float64"), (*EIGHT_BITS, "int16 int8-alpha")),
        "first-bytes": ("int16 int16-alpha",),
    }
    quant = QuantRule({"input": Activation(), "alpha": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}))

    def infer(self, input: Operand, alpha: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        if broadcast(input, alpha) != tuple(input.shape):
            raise ModelError(
                f"alpha has shape {list(alpha.shape)}, input {list(input.shape)}",
                expected="alpha to broadcast to input",
            )
        return same_as(input)

    def prepare(self, site: Site, input: Operand, alpha: Operand) -> Slopes:
        """Multiplier and shift of both halves."""
        result = site.results[0]
        alphas = {DType.INT8: {DType.INT8}, DType.UINT8: {DType.UINT8}, DType.INT16: {DType.INT8, DType.INT16}}
        if alpha.dtype not in alphas.get(input.dtype, ()) or result.dtype != input.dtype:
            raise UncoveredError(f"PRELU of {input.dtype.value} with {alpha.dtype.value} to {result.dtype.value}")
        kind = f"int16 {alpha.dtype.value}-alpha" if input.dtype == DType.INT16 else input.dtype.value
        rule = site.rule(self.opcode, kind, taken=False)
        if rule.name == "first-bytes":
            site.defect("the kernel reads an alpha of int16 as int8, the first half of its bytes")
        # In float32, but for the rule that says otherwise.
        width = np.float64 if rule.name == "double-away-float64" else np.float32
        values = ("input", input), ("alpha", alpha), ("the result", result)
        step, slope, output = (width(scale(name, value)) for name, value in values)
        factors = float(step / output), float(step * slope / output)
        pairs = quantize_multiplier(factors[0]), quantize_multiplier(factors[1])
        note_far_shifts(site, pairs[0][1], pairs[1][1])
        return Slopes(
            zero_point(input),
            zero_point(alpha),
            *pairs,
            factors,
            rule.name == "first-bytes",
            finish(FusedActivation.NONE, result),
        )

    def compute(self, record: Slopes, see: See | None, input: Array, alpha: Array) -> tuple[Array, ...]:
        """Each half by its multiplier."""
        if record.first_bytes:
            alpha = np.ascontiguousarray(alpha).reshape(-1).view(np.int8)[: alpha.size].reshape(alpha.shape)
        return (record.of_pairs(see, input, alpha),)

    def compile(self, record: Slopes, input: Operand, alpha: Operand) -> Call | None:
        """A table, of 8 bits."""
        return record.compile(input, alpha)
