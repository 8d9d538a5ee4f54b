"""BITCAST: the same bytes read as another type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, Movement


@dataclass(frozen=True)
class Bitcast(Movement):
    """out = the bytes of the input. The type is the file's choice, and the shape follows from it.

    A narrower type gets one more dimension at the end, a wider one takes that dimension away.

    Sources:
        tflite/kernels/bitcast.cc.
    """

    opcode = "BITCAST"
    options = "BitcastOptions"
    infers = "nothing"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """Nothing: the result's type is not an attribute."""
        return ()

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """The same bytes."""
        dtype = np.dtype(record.dtype)
        whole = np.ascontiguousarray(input)
        if dtype.itemsize == input.itemsize:
            return (whole.view(dtype).reshape(input.shape),)
        if dtype.itemsize < input.itemsize:
            return (whole.reshape(*input.shape, 1).view(dtype),)
        return (whole.view(dtype).reshape(input.shape[:-1]),)
