"""The scale and zero point of values that share them."""

from __future__ import annotations

import numpy as np

from intact.arith import affine
from intact.ir.graph import Value
from intact.ir.types import DType, QuantParams
from intact.quantizer.groups import Group, Range


def parameters(group: Group, dtype: DType) -> QuantParams:
    """Returns the parameters of a group: what a kernel fixes for it, or what follows from its range.

    Kernels of 16 bits take no zero point but 0.
    """
    if group.fixed is not None:
        return QuantParams.per_tensor(*group.fixed)
    assert group.range is not None
    if dtype == DType.INT16:
        return symmetric_parameters(group, dtype, group.floor)
    return QuantParams.per_tensor(*affine.asymmetric(*group.range, *dtype.limits, floor=group.floor))


def weight_parameters(group: Group, dtype: DType, floor: float) -> QuantParams:
    """Returns the parameters of a weight that is not constant: symmetric, but for uint8.

    Args:
        floor: smallest scale to return.
    """
    if dtype != DType.UINT8:
        return symmetric_parameters(group, dtype, floor)
    low, high = group.range or (-1.0, 1.0)
    return QuantParams.per_tensor(*affine.asymmetric(low, high, *dtype.limits, floor=floor))


def symmetric_parameters(group: Group, dtype: DType, floor: float) -> QuantParams:
    """Returns parameters with zero point 0 over the range of a group.

    Args:
        floor: smallest scale to return.
    """
    bound = max(map(abs, group.range)) if group.range is not None else 1.0
    scale = float(affine.symmetric(np.array([bound]), dtype.limits[1])[0])
    return QuantParams.per_tensor(max(scale, floor), 0)


def contents(value: Value) -> Range:
    """The range of a constant's finite contents; infinities saturate."""
    array = value.array
    assert array is not None
    finite = affine.finite_part(array)
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
