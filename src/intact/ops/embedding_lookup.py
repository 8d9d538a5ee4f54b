"""EMBEDDING_LOOKUP: rows of a table by their number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls.positions import fetched
from intact.arith.requantize import See
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import HybridRule, moves
from intact.ir.site import Site
from intact.ir.types import Array, Blockwise, DType, TensorType
from intact.native.call import Call
from intact.ops.movement import movable, within
from intact.ops.quantized import scales
from intact.ops.shapes import require_rank

_TABLES: Final = frozenset({DType.INT8, DType.UINT8, DType.INT4, DType.INT2})


@dataclass(frozen=True, eq=False)
class Looked:
    """What a table of rows is prepared to.

    Args:
        scale: float32 (rows,), what the stored integers of each row are multiplied by; None where rows are copied.
        dtype: NumPy name of the result.
    """

    scale: NDArray[np.float32] | None
    dtype: str


@dataclass(frozen=True)
class EmbeddingLookup(Op):
    """out[i] = value[lookup[i]]. A quantized table may give float rows.

    Sources:
        tflite/kernels/embedding_lookup.cc.
    """

    opcode = "EMBEDDING_LOOKUP"
    weights = {1: 0}
    hybrid = HybridRule("either", (1, 1, 4))
    quant = moves("value")
    infers = "shapes"

    def infer(self, lookup: Operand, value: Operand) -> tuple[TensorType, ...]:
        """One row for each number looked up, of the table's type."""
        require_rank("lookup", lookup, 1)
        if len(value.shape) < 2:
            raise ModelError(f"value has shape {list(value.shape)}", expected="2 or more dimensions")
        return (TensorType(value.dtype, (*lookup.shape, *value.shape[1:])),)

    def prepare(self, site: Site, lookup: Operand, value: Operand) -> Looked:
        """The scales of a quantized table that is read as floats; any other is copied."""
        (result,) = site.results
        movable(result, lookup)
        if value.dtype == result.dtype:
            movable(value)
            return Looked(None, result.dtype.value)
        if value.dtype not in _TABLES or not result.dtype.is_float:
            raise UncoveredError(f"no kernel reads {value.dtype.value} rows as {result.dtype.value}")
        if value.quant is None or isinstance(value.quant.details, Blockwise):
            raise UncoveredError("the table has no scale, or one for each block")
        return Looked(scales("the table", value, value.shape[0]), result.dtype.value)

    def compute(self, record: Looked, see: See | None, lookup: Array, value: Array) -> tuple[Array, ...]:
        """The rows; those of a quantized table times their scale in float32."""
        found = value[within(lookup, value.shape[0])]
        if record.scale is None:
            return (found,)
        # The kernel reads uint8 as int8.
        signed = found.view(np.int8).astype(np.float32)
        real = signed * record.scale[lookup].reshape(-1, *[1] * (value.ndim - 1))
        return (real.astype(record.dtype),)

    def compile(self, record: Looked, lookup: Operand, value: Operand) -> Call | None:
        """The rows, where they are copied."""
        if record.scale is not None:
            return None
        sizes = 1, 1, value.shape[:1], math.prod(value.shape[1:])
        shape = (*lookup.shape, *value.shape[1:])
        return fetched(str(np.dtype(value.dtype.numpy)), sizes, (lookup.dtype.value, lookup.shape[0]), shape, (1, 0))
