"""DEQUANTIZE: stored numbers to float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls import quantize as calls
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.quantized import INTEGERS
from intact.ops.shapes import same_as
from intact.ops.xnnpack import takes8, well_shaped

_TYPES: Final = (*INTEGERS, "int2", "int4", "uint4")
_CHANNELS: Final = tuple(f"{kind} per-channel" for kind in _TYPES)


@dataclass(frozen=True, eq=False)
class ToFloat:
    """How stored numbers become real ones.

    Args:
        rule: of those of Dequantize.
        scale: float32, (1,) or of the size of the quantized dimension; (0,) for float16.
        zero_point: int64, as scale.
        axis: the quantized dimension, None where there is one scale.
    """

    rule: str
    scale: NDArray[np.float32]
    zero_point: NDArray[np.int64]
    axis: int | None


@dataclass(frozen=True)
class Dequantize(Op):
    """out = scale * (input - zero_point); a float16 input is widened.

    Rules:

        exact              float16 as float32
        float64            scale * (input - zero_point) in float64, rounded once to float32
        float32            the same product in float32; the difference is exact
        first-scale        as float64, with the first of several scales and zero points for all
        float32-offset-8   in each full block of 8 elements float32(input) * scale + float32(-zero_point * scale), the
                           product rounded before the sum; of what is left over as float64

    Sources:
        tflite/kernels/dequantize.cc, dequantize.h; tflite/kernels/internal/reference/dequantize.h;
        tflite/kernels/internal/optimized/optimized_ops.h, Dequantize and ScaleWithNewZeroPoint; XNNPACK
        src/qs8-f32-vcvt.
    """

    opcode = "DEQUANTIZE"
    rules = {
        "exact": ("float16",),
        "float32": (*_TYPES, *_CHANNELS),
        "float64": _TYPES,
        "first-scale": _CHANNELS,
        "float32-offset-8": _TYPES,
    }
    options = "DequantizeOptions"
    versions = {DType.INT8: 2, DType.INT16: 3, DType.FLOAT16: 3, DType.INT4: 6, DType.INT2: 7, DType.UINT4: 8}

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input, float32."""
        return same_as(input, DType.FLOAT32)

    def prepare(self, site: Site, input: Operand) -> ToFloat:
        """Scales and zero points, one or one a channel."""
        none = np.zeros(0, np.float32), np.zeros(0, np.int64)
        if input.dtype == DType.FLOAT16:
            return ToFloat(site.rule(self.opcode, "float16").name, *none, None)
        quant = input.quant
        if quant is None or quant.scale.size == 0:
            raise UncoveredError("DEQUANTIZE of an input without a scale")
        channels = quant.scale.size
        zero = quant.zero_point if quant.zero_point.size else np.zeros(1, np.int64)
        kind = input.dtype.value
        # A constant is converted when the delegate is made, with the code of the optimized kernel.
        unpacked = input.dtype == DType.INT8 and input.array is not None
        taken = takes8(input) and not unpacked and well_shaped(input)
        types = (f"{kind} per-channel",) if channels > 1 else (kind,)
        rule = site.rule(self.opcode, *types, taken=taken)
        if rule.name == "first-scale":
            if len(set(quant.scale.tolist())) > 1 or np.any(zero != zero[0]):
                site.defect("the kernel reads the first of the input's several scales and zero points for all")
            return ToFloat("float64", quant.scale[:1], zero[:1], None)
        return ToFloat(
            rule.name,
            quant.scale,
            np.broadcast_to(zero if zero.size == channels else zero[:1], (channels,)),
            quant.quantized_dimension if channels > 1 else None,
        )

    def compute(self, record: ToFloat, see: See | None, input: Array) -> tuple[Array, ...]:
        """The products, rounded as the rule says."""
        if record.rule == "exact":
            return (input.astype(np.float32),)
        if record.rule == "float32-offset-8":
            return (_with_offset(record, input),)
        shape = [1] * input.ndim
        if record.axis is not None:
            shape[record.axis] = -1
        centred = input.astype(np.float32) - record.zero_point.astype(np.float32).reshape(shape)  # at most 17 bits
        if see:
            see("input offset", centred.astype(np.int64))
        # A float64 holds the product exactly, and rounding it once is what a float32 multiplication does.
        return (record.scale.reshape(shape) * centred,)

    def compile(self, record: ToFloat, input: Operand) -> Call | None:
        """The products, of integers of 8 and 16 bits."""
        if record.rule == "exact":
            return None
        blocks = 8 if record.rule == "float32-offset-8" else None
        dtype, shape = input.dtype.value, input.shape
        return calls.dequantized(dtype, shape, record.scale, record.zero_point, record.axis, blocks=blocks)


def _with_offset(record: ToFloat, input: Array) -> Array:
    flat = input.reshape(-1)
    cut = flat.size // 8 * 8
    step, zero = np.float64(record.scale[0]), int(record.zero_point[0])
    result = np.empty(flat.shape, np.float32)
    result[:cut] = flat[:cut].astype(np.float32) * record.scale[0] + np.float32(-zero * step)
    result[cut:] = step * (flat[cut:].astype(np.int64) - zero)
    return result.reshape(input.shape)
