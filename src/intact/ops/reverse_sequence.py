"""REVERSE_SEQUENCE: the beginning of every sequence of a batch in backward order."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import require_shape, same_as


@dataclass(frozen=True)
class ReverseSequence(Op):
    """The first seq_lengths[b] elements along dimension seq_dim go backward, for each b of dimension batch_dim.

    Sources:
        tflite/kernels/reverse_sequence.cc, which has no int8 kernel.
    """

    opcode = "REVERSE_SEQUENCE"
    options = "ReverseSequenceOptions"
    quant = moves("input", dtypes=frozenset({DType.UINT8, DType.INT16}))

    seq_dim: int = 0
    batch_dim: int = 0

    def infer(self, input: Operand, seq_lengths: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        rank = len(input.shape)
        if not (0 <= self.seq_dim < rank and 0 <= self.batch_dim < rank) or self.seq_dim == self.batch_dim:
            raise ModelError(
                f"seq_dim is {self.seq_dim}, batch_dim {self.batch_dim}",
                code="E207",
                expected=f"two of the dimensions 0 to {rank - 1}",
            )
        require_shape("seq_lengths", seq_lengths, input.shape[self.batch_dim])
        return same_as(input)
