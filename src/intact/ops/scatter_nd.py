"""SCATTER_ND: zeros, with slices added at indices of several dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, Movement, rows
from intact.ops.shapes import integers, require_rank, unknown


@dataclass(frozen=True)
class ScatterNd(Movement):
    """out = 0; out[indices[i, 0], indices[i, 1], ...] += updates[i] for every row i of indices.

    Computes in float: the kernel fills integer results with the number 0, not the zero point, and adds the stored
    integers of slices that meet.

    Sources:
        tflite/kernels/scatter_nd.cc.
    """

    opcode = "SCATTER_ND"
    options = "ScatterNdOptions"

    def infer(self, indices: Operand, updates: Operand, shape: Operand) -> tuple[TensorType, ...]:
        """The wanted shape; unknown where it is computed."""
        require_rank("shape", shape, 1)
        wanted = integers(shape)
        if wanted is None:
            return unknown(updates.dtype)
        if updates.shape != (*indices.shape[:-1], *wanted[indices.shape[-1] :]):
            raise ModelError(
                f"indices have shape {list(indices.shape)}, updates {list(updates.shape)}, the result {list(wanted)}",
                expected="updates.shape == indices.shape[:-1] + shape[indices.shape[-1]:]",
            )
        return (TensorType(updates.dtype, wanted),)

    def compute(
        self, record: Moved, see: See | None, indices: Array, updates: Array, shape: Array
    ) -> tuple[Array, ...]:
        """Slices added up one after the other from stored 0 on; what leaves an integer type wraps."""
        result = np.zeros(shape.tolist(), updates.dtype)
        np.add.at(result, rows(indices, result.shape), updates)
        return (result,)
