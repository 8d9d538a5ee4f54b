"""SUM along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.calls import reduce as calls
from intact.arith.reduce import affine_float32_away, affine_float32_even
from intact.arith.requantize import ALIKE, Requantization, See
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import terms
from intact.ops.quantized import INTEGERS, note_far_shifts, scale, zero_point
from intact.ops.reduction import Reduction, axes, count, known_axes, reach, sums, taken_by_xnnpack

_TYPES: Final = (DType.INT8, DType.UINT8, DType.INT16)


@dataclass(frozen=True, eq=False)
class Summed:
    """How a sum of stored integers becomes the stored sum.

    Args:
        rule: of those of Sum.
        input_scale, output_scale: float32.
        input_zero_point: of each term.
        requantize: sum to result, for the rules of integers; those of floats read only its zero point and its ends.
    """

    rule: str
    input_scale: np.float32
    output_scale: np.float32
    input_zero_point: int
    requantize: Requantization

    def in_float32(self, count: int) -> tuple[np.float32, np.float32]:
        """Returns what the sum of `count` elements is multiplied by and what is added then, under rules of floats."""
        step, zero = self.input_scale / self.output_scale, np.float32(self.input_zero_point)
        if self.rule == "float32-away":
            return step, -zero * step * np.float32(count)
        return step, np.float32(self.requantize.zero_point) - np.float32(count) * zero * step


@dataclass(frozen=True)
class Sum(Reduction):
    """out = sum of the input along the dimensions `axis`.

    No quantization: LiteRT's reference kernels read int8 and int16 tensors as uint8 (5 dB and less than nothing left);
    the sum as MEAN times the number of elements is right everywhere.

    Rules, with n elements in a sum, s the scales and z the zero points of input and result:

        double-away     s_in / s_out, double-away, of sum(q) - n * z_in
        uint8-defect    the same with the bytes of input and result taken for uint8, though they are int8
        float32-away    round(sum(q) * k - z_in * k * n) + z_out with k = s_in / s_out, in float32, half away from 0
        float32-even    rint(sum(q) * k + (z_out - n * z_in * k)), in float32, halves to even

    The reference kernel of int16 writes half the bytes of its result and leaves the others as they were: it is not
    covered.

    Sources:
        tflite/kernels/reduce.cc, QuantizedMeanOrSum; tflite/kernels/internal/reference/reduce.h;
        tflite/kernels/internal/optimized/reduce.h; XNNPACK src/operators/reduce-nd.c.
    """

    opcode = "SUM"
    rules = {
        **dict.fromkeys(ALIKE, INTEGERS),
        "uint8-defect": ("int8", "int16"),
        "float32-away": INTEGERS,
    }
    versions = {DType.INT8: 2}

    def prepare(self, site: Site, input: Operand, axis: Operand) -> Summed:
        """Multiplier and shift, or scales."""
        result = site.results[0]
        if input.dtype not in _TYPES or result.dtype != input.dtype:
            raise UncoveredError(f"SUM of {input.dtype.value} to {result.dtype.value}")
        rule = site.rule(self.opcode, input.dtype.value, taken=taken_by_xnnpack(input, axis, result)).name
        before, after = scale("the input", input), scale("the result", result)
        kind = DType.UINT8 if rule == "uint8-defect" else result.dtype
        if rule == "uint8-defect":
            if input.dtype != DType.INT8:
                raise UncoveredError(
                    f"SUM of {input.dtype.value}, taken for uint8: the kernel leaves half of the result unwritten"
                )
            site.defect("the kernel takes the bytes of int8 for uint8")
        name = "double-away" if rule in {"uint8-defect", "float32-away", "float32-even"} else rule
        factor = np.array([np.float64(before) / np.float64(after)])
        requantize = Requantization(name, factor, zero_point(result), *kind.limits, kind.value)
        if not rule.startswith("float32"):
            note_far_shifts(site, requantize)
        return Summed(rule, before, after, zero_point(input), requantize)

    def compute(self, record: Summed, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The sums, requantized."""
        reduced = axes(axis.reshape(-1), input.ndim)
        number, requantize = count(input.shape, reduced), record.requantize
        if record.rule.startswith("float32"):
            return (self._in_float32(record, see, sums(input, reduced, self.keep_dims), number).astype(input.dtype),)
        terms = input.view(np.uint8) if record.rule == "uint8-defect" else input
        total = sums(terms, reduced, self.keep_dims) - record.input_zero_point * number
        shown = _as_int8(see) if see and record.rule == "uint8-defect" else see
        return (requantize(total, see=shown).view(input.dtype),)

    def compile(self, record: Summed, input: Operand, axis: Operand) -> Call | None:
        """The sums, requantized."""
        of, ends = self.reduced(input, axis), record.requantize
        if of is None:
            return None
        if record.rule.startswith("float32"):
            away = record.rule == "float32-away"
            zero = ends.zero_point if away else 0
            return calls.total(of, 0, calls.Affine(*record.in_float32(of.count), away, zero, ends.low, ends.high))
        if record.rule == "uint8-defect":
            return calls.total_as_uint8(of, record.input_zero_point, ends)
        return calls.total(of, record.input_zero_point, ends)

    def reach(self, record: Summed, input: Operand, axis: Operand) -> tuple[Array, Array] | None:
        """As many codes as the declared sizes say."""
        reduced = known_axes(input, axis)
        number = None if reduced is None else count(input.shape, reduced)
        return reach(number, DType.UINT8 if record.rule == "uint8-defect" else input.dtype, _zero(record))

    def terms(self, record: Summed, at: tuple[int, ...], input: Array, axis: Array) -> list[Term]:
        """The codes along the dimensions that are reduced, as the kernel reads them."""
        codes = input.view(np.uint8) if record.rule == "uint8-defect" else input
        return terms.reduced(at, codes, axes(axis.reshape(-1), input.ndim), self.keep_dims, _zero(record))

    def _in_float32(self, record: Summed, see: See | None, total: Array, number: int) -> Array:
        step, offset = record.in_float32(number)
        ends = record.requantize
        if record.rule == "float32-away":
            found = affine_float32_away(total, step, offset, ends.zero_point)
        else:
            found = affine_float32_even(total, step, offset)
        result: Array = np.clip(found, ends.low, ends.high)
        if see:
            see("accumulator", total)
            see("offset", found.astype(np.int64))
            see("clamped", result.astype(np.int64))
        return result


def _zero(record: Summed) -> int:
    return 0 if record.rule.startswith("float32") else record.input_zero_point


def _as_int8(see: See) -> See:
    """Returns a `see` to which results are shown as the int8 whose bytes they are."""

    def shown(stage: str, array: Array) -> None:
        see(stage, array.astype(np.int8).astype(np.int64) if stage == "clamped" else array)

    return shown
