"""Base of the operators that make one element of all those along some dimensions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from intact.arith.calls.reduce import Reduced
from intact.ir.op import Op, Operand
from intact.ir.types import Array, DType, TensorType
from intact.ops.fitness import not_float
from intact.ops.quantized import Typed
from intact.ops.shapes import integers, normal_axis, unknown
from intact.ops.xnnpack import MAX_RANK, takes_float_or_8


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

    def reduced(self, input: Operand, axis: Operand) -> Reduced | None:
        """Returns what is made of what, for kernels; None where an axis is computed."""
        along = known_axes(input, axis)
        if along is None:
            return None
        shape = [1 if i in along else s for i, s in enumerate(input.shape) if self.keep_dims or i not in along]
        return Reduced(input.dtype.value, input.shape, along, tuple(shape))


def axes(axis: Iterable[int], rank: int) -> tuple[int, ...]:
    """Returns the dimensions that are reduced, in order, each once; none of a scalar."""
    return tuple(sorted({normal_axis(int(a), rank) for a in axis})) if rank else ()


def known_axes(input: Operand, axis: Operand) -> tuple[int, ...] | None:
    """Returns the dimensions that are reduced, None where they are computed at run time."""
    wanted = integers(axis)
    return None if wanted is None else axes(wanted, len(input.shape))


def count(shape: tuple[int, ...], reduced: tuple[int, ...]) -> int:
    """Returns how many elements become one."""
    return math.prod(shape[a] for a in reduced)


def reach(count: int | None, dtype: DType, zero: int) -> tuple[Array, Array] | None:
    """Returns the smallest and the largest sum of so many codes, each lessened by `zero`; None for an unknown count."""
    if count is None:
        return None
    low, high = dtype.limits
    return np.array([count * (low - zero)]), np.array([count * (high - zero)])


def sums(input: Array, reduced: tuple[int, ...], keep_dims: bool) -> Array:
    """Returns sums of stored integers, int64."""
    result: Array = np.asarray(input.sum(axis=reduced, dtype=np.int64, keepdims=keep_dims))
    return result


def taken_by_xnnpack(input: Operand, axis: Operand, result: Typed) -> bool:
    """True where XNNPACK's delegate takes a reduction.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, VisitReduceNode.
    """
    constant = axis.array
    if constant is None or axis.dtype != DType.INT32 or constant.ndim > 1:
        return False
    shape = input.shape
    numbers = [int(a) for a in constant.reshape(-1)]
    if not 0 < len(numbers) <= MAX_RANK or (not shape and numbers == [0]):
        return False
    return takes_float_or_8(input) and takes_float_or_8(result)
