"""ONE_HOT: a row for each index, with one number at its place and another everywhere else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, Movement, last
from intact.ops.shapes import integers, normal_axis, of_one_type, unknown


@dataclass(frozen=True)
class OneHot(Movement):
    """out[..., j, ...] = on_value where j is the index, else off_value; j counts to `depth` along the dimension `axis`.

    Sources:
        tflite/kernels/one_hot.cc: Prepare lets int16 pass, Eval refuses it.
    """

    opcode = "ONE_HOT"
    options = "OneHotOptions"
    quant = moves("on_value", "off_value", dtypes=frozenset({DType.INT8, DType.UINT8}))

    axis: int = 0

    def infer(self, indices: Operand, depth: Operand, on_value: Operand, off_value: Operand) -> tuple[TensorType, ...]:
        """The indices' shape with the depth put in at the axis; unknown where the depth is computed."""
        of_one_type(on_value, off_value)
        count = integers(depth)
        if count is None:
            return unknown(on_value.dtype)
        if len(count) != 1 or count[0] < 0:
            raise ModelError(f"depth is {list(count)}", expected="one number >= 0")
        axis = normal_axis(self.axis, len(indices.shape) + 1)
        return (TensorType(on_value.dtype, (*indices.shape[:axis], *count, *indices.shape[axis:])),)

    def compute(
        self, record: Moved, see: See | None, indices: Array, depth: Array, on_value: Array, off_value: Array
    ) -> tuple[Array, ...]:
        """One of the two stored numbers everywhere; an index outside of the depth is nowhere."""
        axis = self.axis % (indices.ndim + 1)
        places = np.arange(last(depth)).reshape(-1, *[1] * (indices.ndim - axis))
        return (np.where(np.expand_dims(indices, axis) == places, on_value.reshape(-1)[0], off_value.reshape(-1)[0]),)
