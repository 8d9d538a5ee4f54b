"""What operators that only move or choose elements have in common: there is no arithmetic in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls.movement import Moves, same_bytes, stand_in
from intact.errors import UncoveredError
from intact.ir.op import Op, Operand, signature
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.quantized import Typed, zero_point


@dataclass(frozen=True)
class Moved:
    """What an operator that moves elements is prepared to.

    Args:
        dtype: NumPy name of the first result's elements.
        zero: the stored number that stands for 0 in the first result, which kernels fill gaps with.
    """

    dtype: str
    zero: int


@dataclass(frozen=True)
class Movement(Op):
    """Base of operators whose results are elements of their operands as they are stored.

    Kernels copy bytes, whatever these stand for: no scale is looked at, and all runtimes agree. Strings, handles and
    types of less than a byte stay on LiteRT.
    """

    def prepare(self, site: Site, *operands: Operand | None) -> Moved:
        """The type of the result, for types that NumPy has."""
        result = site.results[0]
        movable(result, *operands)
        return Moved(result.dtype.value, zero_point(result) if _is_coded(result.dtype) else 0)


@dataclass(frozen=True)
class View(Movement):
    """Base of those whose `compute` returns NumPy views of one operand, the one that `quant` names."""

    def compile(self, record: Moved, *operands: Operand | None) -> Call | None:
        """Copies what the views show, or nothing where that is the operand as it is."""
        assert self.quant is not None
        names = signature(type(self)).names
        moved = next(i for i, name in enumerate(names) if name in self.quant.inputs)
        arrays = [None if o is None else o.array for o in operands]
        if any(
            o is not None and a is None for i, (o, a) in enumerate(zip(operands, arrays, strict=True)) if i != moved
        ):
            return None
        source = arrays[moved] = like(operands[moved])
        views = self.compute(record, None, *arrays)
        dtype = str(source.dtype)
        if len(views) == 1 and views[0].size == source.size and views[0].flags.c_contiguous:
            return same_bytes(dtype, views[0].shape, moved)
        moves = Moves([stand_in(dtype, view.shape) for view in views], {moved: source})
        for result, view in zip(moves.results, views, strict=True):
            moves.copy(result, moved, view)
        return moves.call()


def like(operand: Operand | None) -> Array:
    """Returns an array of an operand's type and shape, for views that kernels copy; its contents are nothing.

    Raises:
        UncoveredError: NumPy has no such type.
    """
    assert operand is not None
    movable(operand)
    return stand_in(str(np.dtype(operand.dtype.numpy)), operand.shape)


def _is_coded(dtype: DType) -> bool:
    """True for the types whose kernels fill with the zero point of the result."""
    return dtype in {DType.INT8, DType.UINT8, DType.INT16}


def movable(*typed: Typed | None) -> None:
    """Raises UncoveredError for elements that NumPy has no type for: strings, handles, less than a byte."""
    for each in typed:
        if each is not None and each.dtype.numpy is None:
            raise UncoveredError(f"{each.dtype.value} elements are not moved here")


def within(indices: Array, size: int) -> Array:
    """Returns indices that must all be elements of a dimension: LiteRT has no negative ones.

    Raises:
        IndexError: one is not.
    """
    if ((indices < 0) | (indices >= size)).any():
        raise IndexError(f"index {indices.min()} or {indices.max()} is outside of [0, {size})")
    return indices


def rows(indices: Array, shape: tuple[int, ...]) -> tuple[Array, ...]:
    """Returns the columns of indices, one for each of the first dimensions of `shape`, to index an array with.

    Args:
        indices: (..., n) integers.
    Raises:
        IndexError: one points out of its dimension.
    """
    return tuple(within(indices[..., i], shape[i]) for i in range(indices.shape[-1]))


def last(number: Array) -> int:
    """Returns the one number of an operand such as an axis."""
    return int(np.reshape(number, -1)[0])
