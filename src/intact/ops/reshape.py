"""RESHAPE: the same elements in the same order under another shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls import movement as calls
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import integers, resolve_shape, unknown


@dataclass(frozen=True)
class Reshape(Movement):
    """out = input under `shape`, or under the attribute `new_shape` where that operand is no vector.

    Old converters write new_shape (0,) for a scalar. Of an int64 vector LiteRT's own kernel knows nothing and takes the
    attribute, XNNPACK reads it; a file that runs on both says the same twice.

    Sources:
        tflite/kernels/reshape.cc, which has one version for all types.
    """

    opcode = "RESHAPE"
    options = "ReshapeOptions"
    quant = moves("input")

    new_shape: tuple[int, ...] = ()

    def infer(self, input: Operand, shape: Operand | None = None) -> tuple[TensorType, ...]:
        """The wanted shape with its -1 filled in; unknown where it is computed."""
        wanted: tuple[int, ...] | None = () if self.new_shape == (0,) else self.new_shape
        if shape is not None and len(shape.shape) == 1:
            wanted = integers(shape)
        if wanted is None:
            return unknown(input.dtype)
        return (TensorType(input.dtype, resolve_shape(wanted, input.shape)),)

    def compile(self, record: Moved, input: Operand, shape: Operand | None = None) -> Call | None:
        """Nothing to do, where the shape is no result of other operators."""
        contents = None if shape is None else shape.array
        if (shape is not None and contents is None) or input.dtype.numpy is None:
            return None
        result = self.compute(record, None, np.empty(input.shape, np.bool_), contents)[0]
        return calls.same_bytes(str(np.dtype(input.dtype.numpy)), result.shape)

    def compute(self, record: Moved, see: See | None, input: Array, shape: Array | None = None) -> tuple[Array, ...]:
        """The same elements under the wanted shape."""
        wanted = () if self.new_shape == (0,) else self.new_shape
        if shape is not None and shape.ndim == 1 and (shape.dtype == np.int32 or not wanted):
            wanted = tuple(shape.tolist())
        return (input.reshape(resolve_shape(wanted, input.shape)),)
