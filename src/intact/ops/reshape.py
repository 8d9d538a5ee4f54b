"""RESHAPE: the same elements in the same order under another shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import integers, resolve_shape, unknown


@dataclass(frozen=True)
class Reshape(Op):
    """out = input under `shape`, or under the attribute `new_shape` where that operand is left out.

    Old converters write new_shape (0,) for a scalar.

    Sources:
        tflite/kernels/reshape.cc.
    """

    opcode = "RESHAPE"
    options = "ReshapeOptions"
    quant = moves("input")
    versions = {DType.INT8: 1}

    new_shape: tuple[int, ...] = ()

    def infer(self, input: Operand, shape: Operand | None = None) -> tuple[TensorType, ...]:
        """The wanted shape with its -1 filled in; unknown where it is computed."""
        wanted: tuple[int, ...] | None = self.new_shape
        if shape is not None and len(shape.shape) == 1:
            wanted = integers(shape) if shape.shape[0] else ()
        if wanted is None:
            return unknown(input.dtype)
        if wanted == (0,) and math.prod(input.shape) == 1:
            wanted = ()
        return (TensorType(input.dtype, resolve_shape(wanted, math.prod(input.shape))),)
