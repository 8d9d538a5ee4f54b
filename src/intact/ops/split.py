"""SPLIT and SPLIT_V: consecutive parts of a tensor along one dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View, last
from intact.ops.shapes import integers, known_integers, normal_axis, unknown, with_size


@dataclass(frozen=True)
class Split(View):
    """Takes `num_splits` parts of equal size along dimension split_dim.

    Sources:
        tflite/kernels/split.cc.
    """

    opcode = "SPLIT"
    options = "SplitOptions"
    quant = moves("value")
    versions = {DType.INT8: 2, DType.INT16: 4}

    num_splits: int = 0

    def infer(self, split_dim: Operand, value: Operand) -> tuple[TensorType, ...]:
        """The size along the dimension divided by the parts; unknown where the dimension is computed."""
        chosen = integers(split_dim)
        if chosen is None:
            return unknown(value.dtype, self.num_splits)
        axis = normal_axis(chosen[0], len(value.shape))
        size = value.shape[axis]
        if self.num_splits < 1 or size % self.num_splits:
            raise ModelError(
                f"{self.num_splits} parts of a dimension of {size}", code="E207", expected="parts of equal size"
            )
        return (with_size(value, axis, size // self.num_splits),) * self.num_splits

    def compute(self, record: Moved, see: See | None, split_dim: Array, value: Array) -> tuple[Array, ...]:
        """The parts."""
        return tuple(np.split(value, self.num_splits, axis=last(split_dim)))


@dataclass(frozen=True)
class SplitV(View):
    """Takes parts of size_splits[0], size_splits[1], ... elements along dimension split_dim; one may be -1, the rest.

    Sources:
        tflite/kernels/split_v.cc.
    """

    opcode = "SPLIT_V"
    options = "SplitVOptions"
    quant = moves("value")
    versions = {DType.INT8: 2}

    num_splits: int = 0

    def infer(self, value: Operand, size_splits: Operand, split_dim: Operand) -> tuple[TensorType, ...]:
        """One result a size; unknown where sizes or dimension are computed."""
        sizes, chosen = known_integers("size_splits", size_splits, self.num_splits), integers(split_dim)
        if sizes is None or chosen is None:
            return unknown(value.dtype, self.num_splits)
        axis = normal_axis(chosen[0], len(value.shape))
        whole = value.shape[axis]
        rest = whole - sum(size for size in sizes if size != -1)
        if sizes.count(-1) > 1 or rest < 0 or (rest and -1 not in sizes):
            raise ModelError(
                f"parts of {list(sizes)} of a dimension of {whole}", expected=f"a sum of {whole}, at most one -1"
            )
        return tuple(with_size(value, axis, rest if size == -1 else size) for size in sizes)

    def compute(
        self, record: Moved, see: See | None, value: Array, size_splits: Array, split_dim: Array
    ) -> tuple[Array, ...]:
        """The parts."""
        axis = last(split_dim)
        rest = value.shape[axis] - size_splits[size_splits != -1].sum()
        sizes = np.where(size_splits == -1, rest, size_splits)
        return tuple(np.split(value, np.cumsum(sizes)[:-1], axis=axis))
