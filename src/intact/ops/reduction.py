"""Base of the operators that make one element of all those along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.fitness import not_float
from intact.ops.shapes import integers, normal_axis, unknown


@dataclass(frozen=True)
class Reduction(Op):
    """The attribute and shape rule they share.

    Sources:
        tflite/kernels/reduce.cc, GetOutputShape.
    """

    options = "ReducerOptions"

    keep_dims: bool = False

    def infer(self, input: Operand, axis: Operand) -> tuple[TensorType, ...]:
        """Without the dimensions in `axis`, or with size 1 there; repeated ones count once, a scalar stays one."""
        wanted = integers(axis)
        if wanted is None:
            return unknown(input.dtype)
        rank = len(input.shape)
        reduced = {normal_axis(a, rank) for a in wanted} if rank else set()
        sizes = [(1 if i in reduced else s) for i, s in enumerate(input.shape) if self.keep_dims or i not in reduced]
        return (TensorType(input.dtype, tuple(sizes)),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Arithmetic on shapes and indices stays as it is."""
        return not_float(operands[0])
