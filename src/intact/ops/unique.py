"""UNIQUE: the distinct elements of a vector, and which of them each element is."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import require_rank, unknown


@dataclass(frozen=True)
class Unique(Op):
    """values[indices[i]] = input[i], with values in the order of their first appearance.

    Computes in float: rounded to integers, elements that differ would be one.

    Sources:
        tflite/kernels/unique.cc.
    """

    opcode = "UNIQUE"
    options = "UniqueOptions"

    idx_out_type: DType = DType.INT32

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As many values as there are, as many indices as elements."""
        require_rank("input", input, 1)
        return (*unknown(input.dtype), TensorType(self.idx_out_type, input.shape))
