"""MEAN along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from intact.arith.calls import reduce as calls
from intact.arith.reduce import affine_float32_even, mean_multiplier
from intact.arith.requantize import Requantization, See, in_blocks
from intact.arith.rounding import quantize_multiplier
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import terms
from intact.ops.quantized import EIGHT_BITS, INTEGERS, scale, zero_point
from intact.ops.reduction import Reduction, axes, count, known_axes, reach, sums, taken_by_xnnpack

_TYPES: Final = (DType.INT8, DType.UINT8, DType.INT16)
_IMAGES: Final = ("int8 image", "uint8 image")


@dataclass(frozen=True, eq=False)
class Averaged:
    """How a sum becomes a mean.

    Args:
        rule: of those of Mean.
        input_scale, output_scale: float32.
        input_zero_point, output_zero_point: stored integers.
        low, high: smallest and largest stored result.
        dtype: NumPy name of the result.
        count: elements of one mean, None where axis or sizes are known at run time only.
        requantize: sum to mean for that count, where the rule is one of integers.
    """

    rule: str
    input_scale: np.float32
    output_scale: np.float32
    input_zero_point: int
    output_zero_point: int
    low: int
    high: int
    dtype: str
    count: int | None
    requantize: Requantization | None = field(init=False)

    def __post_init__(self) -> None:
        known = self.count is not None and self.rule != "float32-even"
        object.__setattr__(self, "requantize", self.requantization(self.count) if known and self.count else None)

    def requantization(self, count: int) -> Requantization:
        """Returns how the sum of `count` elements becomes their mean under a rule of integers."""
        ends = self.low, self.high, self.dtype
        if self.rule == "image-16":
            spread = self.input_scale / (np.float32(count) * self.output_scale)
            return Requantization("double-up", np.array([spread], np.float64), self._image_offset(), *ends)
        factor = float(np.float64(self.input_scale) / np.float64(self.output_scale))
        pair = mean_multiplier(*quantize_multiplier(factor), count)
        return Requantization("double-away", np.array([factor / count]), self.output_zero_point, *ends).with_pair(*pair)

    def _image_offset(self) -> int:
        moved = np.float32(self.input_zero_point) * self.input_scale / self.output_scale
        moved += np.float32(0.5) if moved > 0 else np.float32(-0.5)
        return self.output_zero_point - int(moved)

    def in_float32(self, count: int) -> tuple[np.float32, np.float32]:
        """Returns what the sum of `count` elements is multiplied by and what is added then, under float32-even."""
        step = self.input_scale / self.output_scale * (np.float32(1) / np.float32(count))
        return step, np.float32(self.output_zero_point) - np.float32(count) * np.float32(self.input_zero_point) * step

    def tail(self, requantize: Requantization) -> Requantization:
        """Returns the rule for the channels that do not fill a block of 16."""
        return Requantization("double-away", requantize.factor, requantize.zero_point, self.low, self.high, self.dtype)


@dataclass(frozen=True)
class Mean(Reduction):
    """out = mean of the input along the dimensions `axis`.

    Rules, with n elements in a mean, s the scales and z the zero points of input and result:

        divided        sum(q) - n * z_in, double-away; the multiplier is that of s_in / s_out, divided by n as
                       arith/reduce.py says
        image-16       only rows and columns of an image, kept as dimensions: the multiplier is that of
                       s_in / (n * s_out) in float32; the zero points are joined to
                       z_out - round(z_in * s_in / s_out), in float32, and sum(q) is multiplied as it is: double-up in
                       each full block of 16 channels, double-away of what is left over
        float32-even   k = s_in / s_out * (1 / n); rint(sum(q) * k + (z_out - n * z_in * k)), all in float32

    Sources:
        tflite/kernels/reduce.cc, PrepareMeanOrSum: kernels rescale, so the result has a range of its own;
        tflite/kernels/internal/reference/reduce.h; tflite/kernels/internal/optimized/reduce.h and integer_ops/mean.h;
        XNNPACK src/operators/reduce-nd.c.
    """

    opcode = "MEAN"
    rules = {"divided": (*INTEGERS, *_IMAGES), "image-16": _IMAGES, "float32-even": (*EIGHT_BITS, *_IMAGES)}
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand, axis: Operand) -> Averaged:
        """Scales, and the multiplier where the number of elements is known."""
        result = site.results[0]
        if input.dtype not in _TYPES or result.dtype != input.dtype:
            raise UncoveredError(f"MEAN of {input.dtype.value} to {result.dtype.value}")
        reduced = known_axes(input, axis)
        kind, image = input.dtype.value, self.keep_dims and len(input.shape) == 4
        types = (f"{kind} image", kind) if image and reduced in {(1, 2), None} else (kind,)
        rule = site.rule(self.opcode, *types, taken=taken_by_xnnpack(input, axis, result))
        if image and reduced is None and rule.name != site.rule(self.opcode, kind, taken=False).name:
            raise UncoveredError("MEAN whose kernel depends on an axis computed at run time")
        return Averaged(
            rule.name,
            scale("the input", input),
            scale("the result", result),
            zero_point(input),
            zero_point(result),
            *result.dtype.limits,
            result.dtype.value,
            None if reduced is None else count(input.shape, reduced),
        )

    def compute(self, record: Averaged, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The sums, requantized."""
        reduced = axes(axis.reshape(-1), input.ndim)
        number = count(input.shape, reduced)
        total = sums(input, reduced, self.keep_dims)
        if record.rule == "float32-even":
            return (_in_float32(record, total, number, see),)
        requantize = record.requantize if number == record.count else None
        requantize = requantize or record.requantization(number)
        if record.rule == "image-16":
            return (in_blocks(16, total.shape[-1], requantize, record.tail(requantize), total, see),)
        return (requantize(total - record.input_zero_point * number, see=see),)

    def compile(self, record: Averaged, input: Operand, axis: Operand) -> Call | None:
        """The sums, requantized."""
        of = self.reduced(input, axis)
        if of is None or of.count == 0:
            return None
        if record.rule == "float32-even":
            step, offset = record.in_float32(of.count)
            return calls.total(of, 0, calls.Affine(step, offset, False, 0, record.low, record.high))
        requantize = record.requantization(of.count)
        if record.rule == "image-16":
            return calls.total(of, 0, requantize, record.tail(requantize))
        return calls.total(of, record.input_zero_point, requantize)

    def reach(self, record: Averaged, input: Operand, axis: Operand) -> tuple[Array, Array] | None:
        """As many codes as the declared sizes say; their zero points are in the sum where the rule leaves them."""
        return reach(record.count, input.dtype, self._zero(record))

    def terms(self, record: Averaged, at: tuple[int, ...], input: Array, axis: Array) -> list[Term]:
        """The codes along the dimensions that are reduced."""
        return terms.reduced(at, input, axes(axis.reshape(-1), input.ndim), self.keep_dims, self._zero(record))

    def _zero(self, record: Averaged) -> int:
        return record.input_zero_point if record.rule == "divided" else 0


def _in_float32(record: Averaged, total: Array, number: int, see: See | None) -> Array:
    rounded = affine_float32_even(total, *record.in_float32(number))
    result = np.clip(rounded, record.low, record.high)
    if see:
        see("accumulator", total)
        see("offset", rounded.astype(np.int64))
        see("clamped", result.astype(np.int64))
    return result.astype(record.dtype)
