"""What XNNPACK's delegate asks of an operand before it takes an operator."""

from __future__ import annotations

from intact.ir.types import DType
from intact.ops.quantized import Typed


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
