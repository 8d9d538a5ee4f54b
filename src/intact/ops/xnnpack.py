"""What XNNPACK's delegate asks of an operand before it takes an operator."""

from __future__ import annotations

from typing import Final

from intact.ir.op import Operand
from intact.ir.types import DType
from intact.ops.quantized import Typed

MAX_RANK: Final = 6
"""Dimensions of a tensor that XNNPACK knows; include/xnnpack.h, XNN_MAX_TENSOR_DIMS."""


def well_shaped(*operands: Operand) -> bool:
    """True where XNNPACK's delegate takes an elementwise operator with operands of these shapes.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, CheckTensorShape.
    """
    return all(len(o.shape) <= MAX_RANK and all(size > 0 for size in o.shape) for o in operands)


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
