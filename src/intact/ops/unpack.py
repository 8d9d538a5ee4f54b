"""UNPACK: the slices of a tensor along one dimension, each as a tensor without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import normal_axis


@dataclass(frozen=True)
class Unpack(View):
    """Result i is the input at index i of dimension `axis`.

    Sources:
        tflite/kernels/unpack.cc.
    """

    opcode = "UNPACK"
    options = "UnpackOptions"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.UINT8: 2, DType.INT16: 4}

    num: int = 0
    axis: int = 0

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """`num` results without the dimension."""
        axis = normal_axis(self.axis, len(input.shape))
        if input.shape[axis] != self.num:
            raise ModelError(
                f"num is {self.num}", code="E207", expected=f"{input.shape[axis]}, the size of dimension {axis}"
            )
        return (TensorType(input.dtype, (*input.shape[:axis], *input.shape[axis + 1 :])),) * self.num

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """One result for each index of the dimension."""
        return tuple(np.moveaxis(input, self.axis, 0)[i, ...] for i in range(self.num))
