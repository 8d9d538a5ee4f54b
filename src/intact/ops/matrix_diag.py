"""MATRIX_DIAG and MATRIX_SET_DIAG: vectors as the diagonals of matrices."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import TensorType
from intact.ops.shapes import of_one_type, require_min_rank, require_shape, same_as


@dataclass(frozen=True)
class MatrixDiag(Op):
    """out[..., i, i] = diagonal[..., i]; 0 elsewhere.

    Computes in float: the kernel fills integer results with the number 0, not the zero point.

    Sources:
        tflite/kernels/matrix_diag.cc.
    """

    opcode = "MATRIX_DIAG"
    options = "MatrixDiagOptions"

    def infer(self, diagonal: Operand) -> tuple[TensorType, ...]:
        """The last size twice."""
        require_min_rank("diagonal", diagonal, 1)
        return (TensorType(diagonal.dtype, (*diagonal.shape, diagonal.shape[-1])),)


@dataclass(frozen=True)
class MatrixSetDiag(Op):
    """out = input, with out[..., i, i] = diagonal[..., i].

    Sources:
        tflite/kernels/matrix_set_diag.cc.
    """

    opcode = "MATRIX_SET_DIAG"
    options = "MatrixSetDiagOptions"
    quant = moves("input", "diagonal")

    def infer(self, input: Operand, diagonal: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        of_one_type(input, diagonal)
        require_min_rank("input", input, 2)
        require_shape("diagonal", diagonal, *input.shape[:-2], min(input.shape[-2:]))
        return same_as(input)
