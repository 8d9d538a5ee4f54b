"""EMBEDDING_LOOKUP: rows of a table by their number."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import TensorType
from intact.ops.shapes import require_rank


@dataclass(frozen=True)
class EmbeddingLookup(Op):
    """out[i] = value[lookup[i]]. A quantized table may give float rows.

    Sources:
        tflite/kernels/embedding_lookup.cc.
    """

    opcode = "EMBEDDING_LOOKUP"
    quant = moves("value")
    infers = "shapes"

    def infer(self, lookup: Operand, value: Operand) -> tuple[TensorType, ...]:
        """One row for each number looked up, of the table's type."""
        require_rank("lookup", lookup, 1)
        if len(value.shape) < 2:
            raise ModelError(f"value has shape {list(value.shape)}", expected="2 or more dimensions")
        return (TensorType(value.dtype, (*lookup.shape, *value.shape[1:])),)
