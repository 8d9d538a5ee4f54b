"""The scale and zero point of values that share them."""

from __future__ import annotations

import numpy as np

from intact.arith import affine
from intact.ir.graph import Value
from intact.ir.types import DType, QuantParams
from intact.quantizer.groups import Group, Range


def parameters(group: Group, dtype: DType) -> QuantParams:
    """Returns the parameters of a group: what a kernel fixes for it, or what follows from its range."""
    if group.fixed is not None:
        scale, zero_point = group.fixed
    else:
        assert group.range is not None
        scale, zero_point = affine.asymmetric(*group.range, *dtype.limits, floor=group.floor)
    return QuantParams.per_tensor(scale, zero_point)


def symmetric_parameters(group: Group, dtype: DType, floor: float) -> QuantParams:
    """Returns parameters with zero point 0 over the range of a group, as a weight has that is not constant.

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
