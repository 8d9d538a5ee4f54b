"""SQRT and RSQRT: the square root, and one over it.

The int16 kernels fail at run time on any stored integer below the zero point. An int8 tensor whose range starts at zero
has none; an int16 tensor is symmetric, and one that rounds to just below zero is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.requantize import See
from intact.arith.roots import inverse_root
from intact.arith.rounding import multiply, quantize_multiplier
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import tabled
from intact.ops.elementwise import OfCode
from intact.ops.quantized import scale, zero_point
from intact.ops.tabled import Table

_GUARD: Final = 20
"""Bits that one over a root is computed with before the scales come in."""


@dataclass(frozen=True)
class Root:
    """SQRT of stored numbers, in float32.

    Args:
        input_scale, input_zero_point: of the input.
        output_scale, output_zero_point: of the result.
        result: type of the result.
    """

    input_scale: np.float32
    input_zero_point: int
    output_scale: np.float32
    output_zero_point: int
    result: DType


@dataclass(frozen=True, eq=False)
class InverseRoot:
    """RSQRT in integers.

    Args:
        input_zero_point: of the input; its real is 0.
        multiplier: Q0.31, with `shift` 1 / (sqrt(input scale) * output scale).
        shift: bits, positive is left.
        factor: the real multiplier that those stand for.
        output_zero_point: of the result.
        low: lowest stored input.
        entries: int64 (256,), the stored results of int8 inputs; those below the zero point are not used. None for
            int16, which is computed number by number.
        result: type of the result.
    """

    input_zero_point: int
    multiplier: int
    shift: int
    factor: float
    output_zero_point: int
    low: int
    entries: NDArray[np.int64] | None
    result: DType


@dataclass(frozen=True)
class _NotNegative(OfCode):
    """A function that fails on stored numbers below the zero point."""

    def compile(self, record: object, input: Operand) -> Call | None:
        """A table of the results of all codes, where no code is below the zero point: kernels do not fail."""
        if zero_point(input) > input.dtype.limits[0]:
            return None
        return super().compile(record, input)


@dataclass(frozen=True)
class Sqrt(_NotNegative):
    """out = sqrt(input). Stored numbers below the zero point end the run with an error.

    Rules:

        float32-truncated   sqrt(scale * (input - zero point)) / output scale in float32, cut off, plus the zero point

    Sources:
        tflite/kernels/elementwise.cc, SqrtEvalQuantized.
    """

    opcode = "SQRT"
    rules = {"float32-truncated": ("int8", "int16")}
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8}))
    versions = {DType.INT8: 2, DType.INT16: 2}

    def prepare(self, site: Site, input: Operand) -> Root:
        """Scales and zero points."""
        tabled.require_alike(self.opcode, site, input)
        site.rule(self.opcode, input.dtype.value, taken=False)
        result = site.results[0]
        return Root(
            scale("input", input), zero_point(input), scale("the result", result), zero_point(result), result.dtype
        )

    def compute(self, record: Root, see: See | None, input: Array) -> tuple[Array, ...]:
        """The root, cut off."""
        centred = _not_negative(self, input, record.input_zero_point)
        steps = np.trunc(np.sqrt(record.input_scale * centred.astype(np.float32)) / record.output_scale)
        result = np.clip(steps.astype(np.int64) + record.output_zero_point, *record.result.limits)
        if see:
            see("input offset", centred)
            see("clamped", result)
        return (result.astype(record.result.numpy),)


@dataclass(frozen=True)
class Rsqrt(_NotNegative):
    """out = 1 / sqrt(input). Zero gives the largest number of the output's range.

    Stored numbers below the zero point end the run with an error.

    Rules:

        newton           one over the root of the integer by Newton's steps (arith/roots.py), in steps of 2^-20; then
                         times 1 / (sqrt(input scale) * output scale), rounded twice both times. Root and product of the
                         scales are in float32
        newton-float64   likewise, root and product of the scales in float64
        lut-513          of int16: lines between 513 points (ops/tabled.py)

    Sources:
        tflite/kernels/elementwise.cc, GenericPrepare and RsqrtEvalQuantizedInt8;
        tensorflow/lite/micro/kernels/elementwise.cc.
    """

    opcode = "RSQRT"
    rules = {"newton": ("int8", "int16"), "newton-float64": ("int8", "int16"), "lut-513": ("int16",)}
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8}))
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand) -> Table | InverseRoot:
        """The table, or multiplier and shift of the scales."""
        tabled.require_alike(self.opcode, site, input)
        tabled.require_symmetric16(self.opcode, site, input)
        rule = site.rule(self.opcode, input.dtype.value, taken=False).name
        result = site.results[0]
        input_scale, output_scale = scale("input", input), scale("the result", result)
        if rule == "lut-513":
            largest = np.float32(32767) * output_scale

            def function(real: Array) -> Array:
                return np.where(real > 0, np.float32(1) / np.sqrt(np.where(real > 0, real, np.float32(1))), largest)

            return tabled.make(rule, function, site, input)
        width = np.float64 if rule == "newton-float64" else np.float32
        factor = 1 / float(np.sqrt(width(input_scale)) * width(output_scale))
        multiplier, shift = quantize_multiplier(factor)
        zero, low = zero_point(input), input.dtype.limits[0]
        record = InverseRoot(zero, multiplier, shift, factor, zero_point(result), low, None, result.dtype)
        if input.dtype == DType.INT16:
            return record
        codes = np.maximum(np.arange(low, low + 256), zero)
        return replace(record, entries=_inverse(record, codes - zero))

    def compute(self, record: Table | InverseRoot, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up or computed."""
        centred = _not_negative(self, input, record.input_zero_point)
        if isinstance(record, Table):
            return (record(see, input),)
        if record.entries is None:
            result = _inverse(record, centred)
        else:
            result = record.entries[input.astype(np.int64) - record.low]
        if see:
            see("input offset", centred)
            see("clamped", result)
        return (result.astype(record.result.numpy),)


def _inverse(record: InverseRoot, centred: Array) -> Array:
    low, high = record.result.limits
    multiplier, shift = inverse_root(centred)
    fine = multiply(np.ones_like(centred), multiplier, shift + _GUARD)
    scaled = multiply(fine, record.multiplier, record.shift - _GUARD)
    return np.where(centred == 0, high, np.clip(scaled + record.output_zero_point, low, high))


def _not_negative(op: OfCode, input: Array, zero: int) -> Array:
    centred = input.astype(np.int64) - zero
    if np.any(centred < 0):
        raise ValueError(f"{op.name} of {input.min()}, which is below the zero point {zero}")
    return centred
