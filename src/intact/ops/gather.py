"""GATHER: slices of a tensor along one dimension, picked by index."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from intact.arith.calls.positions import fetched
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement, within
from intact.ops.shapes import normal_axis


@dataclass(frozen=True)
class Gather(Movement):
    """out[..., i, ...] = input[..., positions[i], ...] along dimension `axis`.

    The first `batch_dims` dimensions of input and positions run together.

    Sources:
        tflite/kernels/gather.cc.
    """

    opcode = "GATHER"
    weights = {0: 0}
    options = "GatherOptions"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 4}

    axis: int = 0
    batch_dims: int = 0

    def infer(self, input: Operand, positions: Operand) -> tuple[TensorType, ...]:
        """The input's shape with the positions' put in place of the dimension."""
        axis = normal_axis(self.axis, len(input.shape))
        batch = self.batch_dims + (len(positions.shape) if self.batch_dims < 0 else 0)
        limit = min(axis, len(positions.shape))
        if not 0 <= batch <= limit:
            raise ModelError(
                f"batch_dims is {self.batch_dims}",
                code="E207",
                expected=f"at most {limit}, before the axis and within positions",
            )
        if input.shape[:batch] != positions.shape[:batch]:
            raise ModelError(
                f"input has shape {list(input.shape)}, positions {list(positions.shape)}",
                expected=f"the same first {batch} sizes",
            )
        return (TensorType(input.dtype, (*input.shape[:axis], *positions.shape[batch:], *input.shape[axis + 1 :])),)

    def compute(self, record: Moved, see: See | None, input: Array, positions: Array) -> tuple[Array, ...]:
        """Elements picked from (batch, outer, size, inner) by positions (batch, picked)."""
        axis = self.axis % input.ndim
        batch = self.batch_dims + (positions.ndim if self.batch_dims < 0 else 0)
        shared, outer = input.shape[:batch], input.shape[batch:axis]
        size, inner = input.shape[axis], input.shape[axis + 1 :]
        whole = input.reshape(math.prod(shared), math.prod(outer), size, math.prod(inner))
        wanted = within(positions, size).reshape(whole.shape[0], 1, -1)
        first, second = np.ogrid[: whole.shape[0], : whole.shape[1]]
        picked = whole[first[..., None], second[..., None], wanted]
        return (picked.reshape((*shared, *outer, *positions.shape[batch:], *inner)),)

    def compile(self, record: Moved, input: Operand, positions: Operand) -> Call | None:
        """Slices at the positions."""
        axis = self.axis % len(input.shape)
        batch = self.batch_dims + (len(positions.shape) if self.batch_dims < 0 else 0)
        parts = [math.prod(part) for part in (input.shape[:batch], input.shape[batch:axis], input.shape[axis + 1 :])]
        count = math.prod(positions.shape[batch:])
        shape = (*input.shape[:axis], *positions.shape[batch:], *input.shape[axis + 1 :])
        sizes = parts[0], parts[1], input.shape[axis : axis + 1], parts[2]
        return fetched(str(np.dtype(input.dtype.numpy)), sizes, (positions.dtype.value, count), shape)
