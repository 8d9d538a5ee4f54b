"""SLICE: a box out of a tensor, by its first corner and its size."""

from __future__ import annotations

from dataclasses import dataclass

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import known_integers, unknown


@dataclass(frozen=True)
class Slice(View):
    """out = input[begin[0] : begin[0] + size[0], ...]; a size of -1 reaches to the end of its dimension.

    Sources:
        tflite/kernels/slice.cc.
    """

    opcode = "SLICE"
    options = "SliceOptions"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 4}

    def infer(self, input: Operand, begin: Operand, size: Operand) -> tuple[TensorType, ...]:
        """The size, -1 filled in; unknown where it or the corner is computed."""
        rank = len(input.shape)
        starts, sizes = known_integers("begin", begin, rank), known_integers("size", size, rank)
        if starts is None or sizes is None:
            return unknown(input.dtype)
        taken = tuple(
            whole - start if wanted == -1 else wanted
            for whole, start, wanted in zip(input.shape, starts, sizes, strict=True)
        )
        for whole, start, wanted in zip(input.shape, starts, taken, strict=True):
            if start < 0 or wanted < 0 or start + wanted > whole:
                raise ModelError(
                    f"begin {list(starts)} and size {list(sizes)} of shape {list(input.shape)}",
                    expected="a box within the tensor",
                )
        return (TensorType(input.dtype, taken),)

    def compute(self, record: Moved, see: See | None, input: Array, begin: Array, size: Array) -> tuple[Array, ...]:
        """The box."""
        box = zip(begin.tolist(), size.tolist(), strict=True)
        return (input[tuple(slice(start, None if count == -1 else start + count) for start, count in box)],)
