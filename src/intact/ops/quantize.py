"""QUANTIZE: real numbers to integers, or integers to integers of other parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls import lut
from intact.arith.calls import quantize as calls
from intact.arith.requantize import ALIKE, Requantization, See, in_blocks
from intact.arith.rounding import round_half_away, to_int32
from intact.errors import UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.quantized import (
    EIGHT_BITS,
    INTEGERS,
    note_far_shifts,
    scale,
    zero_point,
)
from intact.ops.shapes import same_as
from intact.ops.xnnpack import takes8, well_shaped

_TO: Final = {
    DType.INT8: {DType.INT8, DType.UINT8, DType.INT16},
    DType.UINT8: {DType.INT8, DType.UINT8, DType.INT16},
    DType.INT16: {DType.INT8, DType.INT16, DType.INT32},
    DType.INT32: {DType.INT8, DType.INT16},
    DType.FLOAT32: {DType.INT8, DType.UINT8, DType.INT16, DType.INT4, DType.UINT4},
}
"""What each type is converted to."""

_REALS: Final = tuple(f"float32 to {kind}" for kind in INTEGERS)
_CHANNELS: Final = tuple(f"{kind} per-channel" for kind in _REALS)


@dataclass(frozen=True, eq=False)
class FromFloat:
    """How real numbers become integers.

    Args:
        rule: of those of Quantize.
        scale: float32, (1,) or of the size of the quantized dimension. Of the result.
        reciprocal: float32, as scale. 1 / scale, for the rules that multiply.
        zero_point: int64, as scale.
        axis: the quantized dimension, None where there is one scale.
        low, high: smallest and largest stored result.
        dtype: NumPy name of the result; results of 4 bits come in a byte each.
    """

    rule: str
    scale: NDArray[np.float32]
    reciprocal: NDArray[np.float32]
    zero_point: NDArray[np.int64]
    axis: int | None
    low: int
    high: int
    dtype: str


@dataclass(frozen=True, eq=False)
class FromIntegers:
    """How integers become integers of other parameters.

    Args:
        input_zero_point: is subtracted first.
        requantize: what is left to the result.
        tail: the same for the elements that do not fill a block of 16; None where all are treated alike.
    """

    input_zero_point: int
    requantize: Requantization
    tail: Requantization | None


@dataclass(frozen=True)
class Quantize(Op):
    """out = clamp(round(input / scale) + zero_point) with the parameters of the result, which say what type it has.

    Rules for real numbers x, all in float32 unless said otherwise:

        divide         round(x / scale), halves away from zero
        reciprocal-8   in each full block of 8 elements rint(x * reciprocal), halves to even; of what is left over
                       round(x / scale) in float64, halves away from zero
        reciprocal     rint(x * reciprocal), halves to even, in int16 with saturation

    Where the first two leave int32, the conversion gives -2^31, for large positive numbers too; the zero point is added
    in 32 bits that wrap around. Rules for integers, with e = input scale / output scale:

        double-away    e in float64, rounded as arith/rounding.py says
        double-up-16   double-up in each full block of 16 elements, double-away of what is left over
        fixed-8        m = rint(256 * e), e in float32; ((input - zero_point) * m + 128) >> 8

    Sources:
        tflite/kernels/quantize.cc; tflite/kernels/internal/reference/{quantize,requantize}.h;
        tflite/kernels/internal/optimized/optimized_ops.h, AffineQuantize and Requantize; XNNPACK src/f32-qs8-vcvt,
        src/qs8-vcvt and xnn_init_qs8_cvt_scalar_params; which of them run was measured, docs/numerics/reductions.md.
    """

    opcode = "QUANTIZE"
    rules = {
        "divide": ("float32", *_REALS, *_CHANNELS),
        "reciprocal-8": _REALS,
        "reciprocal": ("float32 to int8", "float32 to uint8"),
        **dict.fromkeys(ALIKE, (*INTEGERS, "int32")),
        "double-up-16": EIGHT_BITS,
        "fixed-8": EIGHT_BITS,
    }
    options = "QuantizeOptions"
    versions = {DType.INT16: 2}
    infers = "shapes"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input; int8, unless the file says otherwise."""
        return same_as(input, DType.INT8)

    def prepare(self, site: Site, input: Operand) -> FromFloat | FromIntegers:
        """Scales as the rule wants them, or multiplier and shift."""
        result = site.results[0]
        kind = f"{input.dtype.value} to {result.dtype.value}"
        if result.dtype not in _TO.get(input.dtype, ()):
            raise UncoveredError(f"QUANTIZE of {kind}")
        if input.dtype == DType.FLOAT32:
            return self._from_float(site, kind, input, result)
        return self._from_integers(site, kind, input, result)

    def _from_float(self, site: Site, kind: str, input: Operand, result: TensorType) -> FromFloat:
        quant = result.quant
        if quant is None or quant.scale.size == 0:
            raise UncoveredError("QUANTIZE to a result without a scale")
        channels = quant.scale.size
        if channels > 1 and result.dtype.bits == 4:
            raise UncoveredError(f"QUANTIZE of {kind} with one scale a channel")
        types = (f"{kind} per-channel",) if channels > 1 else (kind,)
        rule = site.rule(self.opcode, *types, taken=takes8(result) and well_shaped(input))
        zero = quant.zero_point if quant.zero_point.size else np.zeros(1, np.int64)
        return FromFloat(
            rule.name,
            quant.scale,
            (1.0 / quant.scale.astype(np.float64)).astype(np.float32),
            np.broadcast_to(zero if zero.size == channels else zero[:1], (channels,)),
            quant.quantized_dimension if channels > 1 else None,
            *result.dtype.limits,
            {DType.INT4: "int8", DType.UINT4: "uint8"}.get(result.dtype, result.dtype.value),
        )

    def _from_integers(self, site: Site, kind: str, input: Operand, result: TensorType) -> FromIntegers:
        before, after = scale("the input", input), scale("the result", result)
        with np.errstate(over="ignore"):
            ratio = np.float32(before / after)
        same = takes8(input) and takes8(result) and input.dtype == result.dtype
        taken = same and 2.0**-8 <= float(ratio) <= 2.0**7 and well_shaped(input)
        rule = site.rule(self.opcode, kind, taken=taken)
        zero = zero_point(result)
        low, high = result.dtype.limits
        dtype = result.dtype.value
        factor = np.array([np.float64(before) / np.float64(after)])
        tail = None
        name = rule.name
        if name == "double-up-16":
            name, tail = "double-up", Requantization("double-away", factor, zero, low, high, dtype)
        elif name == "fixed-8":
            # m / 2^8 has a multiplier of its own that is exact, and rounding once gives the same integers.
            name, factor = "single", np.array([np.rint(np.float32(256) * ratio) / 256], np.float64)
        requantize = Requantization(name, factor, zero, low, high, dtype)
        note_far_shifts(site, requantize)
        return FromIntegers(zero_point(input), requantize, tail)

    def compute(self, record: FromFloat | FromIntegers, see: See | None, input: Array) -> tuple[Array, ...]:
        """The numbers, rounded as the rule says."""
        if isinstance(record, FromFloat):
            return (_from_float(record, see, input),)
        centred = input.astype(np.int64) - record.input_zero_point
        if see:
            see("input offset", centred)
        if record.tail is None:
            return (record.requantize(centred, see=see),)
        return (in_blocks(16, centred.size, record.requantize, record.tail, centred, see),)

    def compile(self, record: FromFloat | FromIntegers, input: Operand) -> Call | None:
        """By what is known of the type: arithmetic on floats, a table of all codes, or a requantization."""
        if isinstance(record, FromFloat):
            return _compiled(record, input)
        dtype, shape, zero, tail = input.dtype.value, input.shape, record.input_zero_point, record.tail
        return calls.rescaled(dtype, shape, zero, record.requantize) or lut.looked_up(
            lambda codes: record.requantize(codes.astype(np.int64) - zero),
            dtype,
            shape,
            rest=None if tail is None else lambda codes: tail(codes.astype(np.int64) - zero),
            boundary=math.prod(shape) // 16 * 16,
        )


def _compiled(record: FromFloat, input: Operand) -> Call | None:
    if (record.low, record.high) != DType(record.dtype).limits:
        return None  # 4 bits
    return calls.quantized(
        record.dtype,
        input.shape,
        record.scale,
        record.reciprocal,
        record.zero_point,
        record.axis,
        rule=record.rule,
        low=record.low,
        high=record.high,
    )


def _from_float(record: FromFloat, see: See | None, input: Array) -> Array:
    shape = [1] * input.ndim
    if record.axis is not None:
        shape[record.axis] = -1
    step, reciprocal = record.scale.reshape(shape), record.reciprocal.reshape(shape)
    with np.errstate(over="ignore", invalid="ignore"):
        if record.rule == "reciprocal":
            scaled = np.fmin(input * reciprocal, np.float32(32767))  # NaN is the largest number, too
            rounded = np.rint(np.maximum(scaled, np.float32(-32768))).astype(np.int64)
        elif record.rule == "reciprocal-8":
            flat = input.reshape(-1)
            whole = flat.size // 8 * 8
            blocks = np.rint(flat[:whole] * record.reciprocal)
            rest = round_half_away(flat[whole:] / np.float64(record.scale[0]))
            rounded = np.concatenate([to_int32(blocks), to_int32(rest)]).reshape(input.shape)
        else:
            rounded = to_int32(round_half_away(input / step))
    offset = (rounded + record.zero_point.reshape(shape)).astype(np.int32).astype(np.int64)
    result = np.clip(offset, record.low, record.high)
    if see:
        see("shifted", rounded)
        see("offset", offset)
        see("clamped", result)
    return result.astype(record.dtype)
