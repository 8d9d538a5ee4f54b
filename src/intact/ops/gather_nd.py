"""GATHER_ND: elements or slices of a tensor, each picked by an index of several dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from intact.arith.calls.positions import fetched
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, Shape, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement, rows


@dataclass(frozen=True)
class GatherNd(Movement):
    """out[i] = params[indices[i, 0], indices[i, 1], ...] for every row i of indices.

    Sources:
        tflite/kernels/gather_nd.cc.
    """

    opcode = "GATHER_ND"
    options = "GatherNdOptions"
    quant = moves("params")
    versions = {DType.INT16: 3}

    def infer(self, params: Operand, indices: Operand) -> tuple[TensorType, ...]:
        """The rows of indices, each with what the index leaves of the shape of params."""
        _require_rows(params.shape, indices.shape)
        return (TensorType(params.dtype, (*indices.shape[:-1], *params.shape[indices.shape[-1] :])),)

    def compute(self, record: Moved, see: See | None, params: Array, indices: Array) -> tuple[Array, ...]:
        """Slices picked by the rows of indices."""
        _require_rows(params.shape, indices.shape)
        return (params[rows(indices, params.shape)],)

    def compile(self, record: Moved, params: Operand, indices: Operand) -> Call | None:
        """Slices picked by the rows of indices."""
        rank = indices.shape[-1]
        sizes = 1, 1, params.shape[:rank], math.prod(params.shape[rank:])
        shape = (*indices.shape[:-1], *params.shape[rank:])
        positions = indices.dtype.value, math.prod(indices.shape[:-1])
        return fetched(str(np.dtype(params.dtype.numpy)), sizes, positions, shape)


def _require_rows(params: Shape, indices: Shape) -> None:
    """Raises ModelError unless each row of indices picks something. One of no index is out of bounds to LiteRT."""
    if not indices or not 1 <= indices[-1] <= len(params):
        raise ModelError(
            f"indices have shape {list(indices)}, params {list(params)}",
            expected="rows of one or more indices, at most as many as params has dimensions",
        )
