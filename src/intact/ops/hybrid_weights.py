"""What hybrid kernels demand of their integer weights, and which spoil their results."""

from __future__ import annotations

import numpy as np

from intact.arith.four_bits import Blocks
from intact.arith.x86_sums import slipping
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, Blockwise, DType
from intact.ops.quantized import zero_point


def constant(operator: str, site: Site, input: Operand, filter: Operand, types: set[DType]) -> Array:
    """Returns constant weights as int8; uint8 is read as if it were, and a zero point is not read at all.

    Raises:
        UncoveredError: weights that no hybrid kernel takes.
    """
    (result,) = site.results
    if result.dtype != DType.FLOAT32 or filter.dtype not in types:
        raise UncoveredError(f"{operator} of {input.dtype.value} with {filter.dtype.value} to {result.dtype.value}")
    if filter.quant is None or not filter.quant.is_quantized:
        raise UncoveredError(f"{operator} of float32 with {filter.dtype.value} that has no scale")
    if filter.contents is None:
        raise UncoveredError(f"{operator} of float32 with {filter.dtype.value} that is computed or sparse")
    if filter.dtype == DType.INT2 and site.profile.delegate:
        raise UncoveredError(f"{operator} of float32 with int2 under XNNPACK")
    return filter.contents.view(np.int8)


def blocks(operator: str, filter: Operand) -> Blocks | None:
    """Returns the scales of blocks along the rows of a filter; None where it is not in blocks.

    Raises:
        UncoveredError: blocks that no kernel takes.
    """
    details = filter.quant.details if filter.quant is not None else None
    if details is None:
        return None
    stored = filter.block_scales
    if not isinstance(details, Blockwise) or filter.dtype != DType.INT4 or stored is None or stored.array is None:
        raise UncoveredError(f"{operator} with {filter.dtype.value} weights in blocks of an unknown kind")
    (channels, depth), size = filter.shape, details.block_size
    if size <= 0 or depth % size or stored.array.size != channels * (depth // size):
        raise UncoveredError(f"{operator} with {stored.array.size} scales for rows of {depth} in blocks of {size}")
    return Blocks(size, stored.array.reshape(channels, -1).astype(np.float32))


def require_no_blocks(operator: str, filter: Operand) -> None:
    """Raises UncoveredError for a filter in blocks."""
    if filter.quant is not None and filter.quant.details is not None:
        raise UncoveredError(f"{operator} of float32 with weights in blocks")


def note_lowest(site: Site, weights: Array) -> None:
    """Notes a defect where weights are -128 in a kernel that they slip in."""
    if slipping(weights.reshape(len(weights), -1)).any():
        site.defect("the kernel multiplies weights of -128 by negative codes with the wrong sign")


def is_delegated(site: Site, filter: Operand, bias: Operand | None, axis: int) -> bool:
    """Whether XNNPACK's delegate finds nothing amiss with weights that it has a kernel for.

    Args:
        axis: dimension of the filter that several scales must lie along.
    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, CheckTensorFloat32OrQCInt8Type, CheckTensorFilterType,
        GetXNNPackDatatype. The types and sizes are the callers' matter.
    """
    quant = filter.quant
    if quant is None or (bias is not None and bias.array is None):
        return False
    normal = bool((quant.scale >= np.finfo(np.float32).tiny).all() and np.isfinite(quant.scale).all())
    along = quant.scale.size <= 1 or quant.quantized_dimension == axis
    if zero_point(filter) != 0 and normal and along and site.profile.delegate:
        raise UncoveredError("weights with a zero point under XNNPACK")
    return normal and along
