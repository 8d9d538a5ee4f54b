"""REVERSE_SEQUENCE: the beginning of every sequence of a batch in backward order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import require_shape, same_as


@dataclass(frozen=True)
class ReverseSequence(Movement):
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

    def compute(self, record: Moved, see: See | None, input: Array, seq_lengths: Array) -> tuple[Array, ...]:
        """Element i of a sequence is element length - 1 - i before its length, and i after it."""
        places = np.arange(input.shape[self.seq_dim])
        lengths = seq_lengths.astype(np.int64)[:, None]
        wanted = np.where(places < lengths, lengths - 1 - places, places)
        if self.seq_dim < self.batch_dim:
            wanted = wanted.T
        others = [d for d in range(input.ndim) if d not in {self.seq_dim, self.batch_dim}]
        return (np.take_along_axis(input, np.expand_dims(wanted, others), self.seq_dim),)
