"""SQUEEZE: dimensions of size 1 left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import normal_axis


@dataclass(frozen=True)
class Squeeze(View):
    """out = input without the dimensions `squeeze_dims`, or without all of size 1 where none is named.

    Sources:
        tflite/kernels/squeeze.cc.
    """

    opcode = "SQUEEZE"
    options = "SqueezeOptions"
    quant = moves("input")

    squeeze_dims: tuple[int, ...] = ()

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The sizes that are left."""
        named = {normal_axis(axis, len(input.shape)) for axis in self.squeeze_dims}
        if any(input.shape[axis] != 1 for axis in named):
            raise ModelError(
                f"squeeze_dims {list(self.squeeze_dims)} of shape {list(input.shape)}",
                code="E207",
                expected="dimensions of size 1",
            )
        left = [size for axis, size in enumerate(input.shape) if axis not in named and (named or size != 1)]
        return (TensorType(input.dtype, tuple(left)),)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """The same elements, without the dimensions."""
        return (np.squeeze(input, self.squeeze_dims or None),)
