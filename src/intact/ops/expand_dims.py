"""EXPAND_DIMS: one more dimension, of size 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, View, last
from intact.ops.shapes import integers, normal_axis, unknown


@dataclass(frozen=True)
class ExpandDims(View):
    """out = input with a dimension of size 1 put in, so that it is dimension `axis` of the result.

    Sources:
        tflite/kernels/expand_dims.cc.
    """

    opcode = "EXPAND_DIMS"
    options = "ExpandDimsOptions"
    quant = moves("input")

    def infer(self, input: Operand, axis: Operand) -> tuple[TensorType, ...]:
        """The sizes with a 1 among them; unknown where its place is computed."""
        chosen = integers(axis)
        if chosen is None:
            return unknown(input.dtype)
        place = normal_axis(chosen[0], len(input.shape) + 1)
        return (TensorType(input.dtype, (*input.shape[:place], 1, *input.shape[place:])),)

    def compute(self, record: Moved, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The same elements, with one more dimension."""
        return (np.expand_dims(input, last(axis)),)
