"""WHERE: the indices at which a condition holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import require_min_rank, unknown


@dataclass(frozen=True)
class Where(Movement):
    """out[i] = the index of the i-th element of the condition that is not 0, in row-major order.

    Sources:
        tflite/kernels/where.cc.
    """

    opcode = "WHERE"
    options = "WhereOptions"
    versions = {DType.FLOAT32: 2, DType.INT8: 2, DType.UINT8: 2, DType.INT32: 2, DType.INT64: 2, DType.UINT32: 2}

    def infer(self, condition: Operand) -> tuple[TensorType, ...]:
        """One row of int64 indices for each element that holds; unknown where the condition is computed."""
        require_min_rank("condition", condition, 1)
        if condition.array is None:
            return unknown(DType.INT64)
        return (TensorType(DType.INT64, (int(np.count_nonzero(condition.array)), len(condition.shape))),)

    def compute(self, record: Moved, see: See | None, condition: Array) -> tuple[Array, ...]:
        """Indices in row-major order."""
        return (np.argwhere(condition).astype(np.int64),)
