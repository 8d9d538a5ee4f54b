"""Reasons why one application of an operator has no integer kernel; what `Op.unfit` returns."""

from __future__ import annotations

from typing import Final

from intact.arith.affine import STANDS_FOR_INFINITY
from intact.ir.op import Operand
from intact.ops.attributes import FusedActivation

_MASK: Final = 1e6  # beyond what activations reach, below what masks are made of


def not_float(*operands: Operand | None) -> str | None:
    """Returns a reason where an operand is no real number to be quantized: an index, a size, a condition."""
    for operand in operands:
        if operand is not None and not operand.dtype.is_float:
            return f"{operand.dtype.value} operands"
    return None


def not_clamp(activation: FusedActivation) -> str | None:
    """Returns a reason for a fused activation that integer kernels leave out, as they apply clamps only."""
    return None if activation.is_clamp else f"fused {activation.name}"


def stands_for_infinity(*operands: Operand | None, saturating: bool = False) -> str | None:
    """Returns a reason where a constant is a mask: infinite, or a number as good as that.

    That is -1e9 before a softmax, or the lowest float32 before a maximum. A range that held one would leave a single
    integer for all that the network computes.

    Args:
        saturating: the largest floats and infinity may become the largest integer, as they are only ever compared.
    """
    for operand in operands:
        if operand is not None and operand.dtype.is_float and operand.array is not None:
            masks = operand.array[~(abs(operand.array) < _MASK)]
            if saturating:
                masks = masks[abs(masks) < STANDS_FOR_INFINITY]
            if masks.size:
                return f"the constant {masks[0]:.3g} stands for infinity"
    return None
