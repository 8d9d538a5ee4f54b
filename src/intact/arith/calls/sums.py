"""Packed weights as the functions of c/sums.h read them."""

from __future__ import annotations

import numpy as np

from intact.arith.calls.gemm import packed
from intact.arith.rounding import Array
from intact.native.call import address
from intact.native.gemm import GROUP, PANEL
from intact.native.sums import Matrix


def matrix(weights: Array, bias: Array | None, keeps: list[object]) -> Matrix:
    """Returns the structure; what it points to is added to `keeps`.

    Args:
        weights: int8 (outputs, terms).
        bias: int32 (outputs,) or None.
    """
    outputs, depth = weights.shape
    panels = packed(weights)
    keeps.append(panels)
    where = None
    if bias is not None:
        filled = np.zeros(len(panels) * PANEL, np.int32)
        filled[:outputs] = bias
        keeps.append(filled)
        where = address(filled)
    return Matrix(address(panels), where, depth, -(-depth // GROUP), len(panels))
