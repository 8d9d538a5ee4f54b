"""Real numbers, and the numbers that a tensor stores for them."""

from __future__ import annotations

import numpy as np

from intact.arith import affine
from intact.ir.types import Array, TensorType


def takes_reals(type: TensorType) -> bool:
    """True for integers that one scale makes stand for real numbers; whoever gives such a tensor reals means those."""
    return type.dtype.is_integer and type.quant is not None and type.quant.scale.size == 1


def stored(array: Array, type: TensorType) -> Array:
    """Returns numbers as a tensor stores them.

    Numbers of its own element type are stored ones and returned as they are. All others are real: quantized where the
    tensor `takes_reals`, what is beyond its range to the nearest end of it, and cast otherwise.

    Args:
        array: real numbers or booleans, no NaN where they are quantized; any shape.
    """
    target = type.dtype.numpy
    if target is None or array.dtype == target:
        return array
    if not takes_reals(type):
        return np.asarray(array, target)
    assert type.quant is not None
    with np.errstate(over="ignore"):  # what is beyond float32 saturates too
        real = np.asarray(array, np.float32, order="C")
    return affine.quantize(real, type.quant.scale, zero_point(type), *type.dtype.limits, type.dtype.value)


def real(array: Array, type: TensorType) -> Array:
    """Returns what stored numbers stand for: float32 for integers with one scale or one a channel, all else as it is.

    Args:
        array: as stored, in the shape that the scales fit.
    """
    quant = type.quant
    if quant is None or quant.scale.size == 0 or not type.dtype.is_integer:
        return array
    zero = quant.zero_point if quant.zero_point.size else np.zeros(1, np.int64)
    axis = quant.quantized_dimension if quant.is_per_channel else None
    return np.asarray(affine.dequantize(array, quant.scale, zero, axis))


def zero_point(type: TensorType) -> int:
    """Returns the stored number that stands for zero; files leave it out where it is 0."""
    return int(type.quant.zero_point[0]) if type.quant is not None and type.quant.zero_point.size else 0
