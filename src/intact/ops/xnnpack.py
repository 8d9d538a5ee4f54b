"""What XNNPACK's delegate asks of an operand before it takes an operator, and how it clamps."""

from __future__ import annotations

import numpy as np

from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import Typed, scale, zero_point


def takes8(typed: Typed) -> bool:
    """True for int8 and uint8 with one scale.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, CheckTensorQInt8OrQUInt8Type.
    """
    quant = typed.quant
    one = quant is not None and quant.scale.size == 1 and quant.quantized_dimension == 0
    return typed.dtype in {DType.INT8, DType.UINT8} and one


def takes_float_or_8(typed: Typed) -> bool:
    """True for floats, and for int8 and uint8 with one scale.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, CheckTensorFloatOrQUInt8Type.
    """
    return typed.dtype in {DType.FLOAT32, DType.FLOAT16} or takes8(typed)


def clamp_even(activation: FusedActivation, result: Typed) -> tuple[int, int]:
    """Returns the smallest and the largest stored result under a fused activation, as XNNPACK works them out.

    In float32, the zero point added before rounding, halves to even; LiteRT's own kernels round the quotient first and
    halves away from zero (ops/quantized.py, clamp).

    Sources:
        XNNPACK src/xnnpack/requantization.h, xnn_qs8_quantize and xnn_qu8_quantize.
    """
    low, high = result.dtype.limits
    ends = {
        FusedActivation.NONE: (-np.inf, np.inf),
        FusedActivation.RELU: (0.0, np.inf),
        FusedActivation.RELU6: (0.0, 6.0),
        FusedActivation.RELU_N1_TO_1: (-1.0, 1.0),
    }[activation]
    step, zero = scale("the result", result), np.float32(zero_point(result))
    stored = [int(np.rint(np.clip(np.float32(real) / step + zero, low, high))) for real in ends]
    return stored[0], stored[1]
