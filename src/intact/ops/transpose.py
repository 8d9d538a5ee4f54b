"""TRANSPOSE: the dimensions in another order."""

from __future__ import annotations

from dataclasses import dataclass

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import known_integers, normal_axis, require_min_rank, unknown


@dataclass(frozen=True)
class Transpose(View):
    """Dimension d of the result is dimension perm[d] of the input.

    Sources:
        tflite/kernels/transpose.cc.
    """

    opcode = "TRANSPOSE"
    options = "TransposeOptions"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 5}

    def infer(self, input: Operand, perm: Operand) -> tuple[TensorType, ...]:
        """The sizes in the new order; unknown where that is computed."""
        rank = len(input.shape)
        require_min_rank("input", input, 1)  # LiteRT 2.3.0 hangs or dies on a scalar
        order = known_integers("perm", perm, rank)
        if order is None:
            return unknown(input.dtype)
        axes = [normal_axis(axis, rank) for axis in order]
        if len(set(axes)) < rank:
            raise ModelError(f"perm is {list(order)}", code="E207", expected=f"each of 0 to {rank - 1} once")
        return (TensorType(input.dtype, tuple(input.shape[axis] for axis in axes)),)

    def compute(self, record: Moved, see: See | None, input: Array, perm: Array) -> tuple[Array, ...]:
        """Axes in the new order."""
        return (input.transpose(perm.tolist()),)
