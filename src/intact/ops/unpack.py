"""UNPACK: the slices of a tensor along one dimension, each as a tensor without it."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import normal_axis


@dataclass(frozen=True)
class Unpack(Op):
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
