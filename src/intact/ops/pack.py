"""PACK: operands of one shape, stacked along a new dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls.movement import Moves, stand_in
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import QuantRule, Tied
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement, like
from intact.ops.shapes import normal_axis, of_one_type


@dataclass(frozen=True)
class Pack(Movement):
    """Element i of the result along its new dimension `axis` is values[i].

    Sources:
        tflite/kernels/pack.cc.
    """

    opcode = "PACK"
    options = "PackOptions"
    quant = QuantRule({"values": Tied("output")})
    versions = {DType.INT8: 2, DType.INT16: 3}

    values_count: int = 0
    axis: int = 0

    def infer(self, *values: Operand) -> tuple[TensorType, ...]:
        """The shape of the operands with their number put in at the axis."""
        first, *others = of_one_type(*values)
        if len(values) != self.values_count:
            raise ModelError(
                f"values_count is {self.values_count}", code="E207", expected=f"{len(values)}, the number of operands"
            )
        if any(other.shape != first.shape for other in others):
            raise ModelError(
                f"operands have shapes {[list(first.shape), *(list(o.shape) for o in others)]}", expected="one shape"
            )
        axis = normal_axis(self.axis, len(first.shape) + 1)
        return (TensorType(first.dtype, (*first.shape[:axis], len(values), *first.shape[axis:])),)

    def compute(self, record: Moved, see: See | None, *values: Array) -> tuple[Array, ...]:
        """All operands along the new dimension."""
        return (np.stack(values, self.axis),)

    def compile(self, record: Moved, *values: Operand) -> Call | None:
        """All operands along the new dimension."""
        sources = [like(value) for value in values]
        axis, (stacked,) = normal_axis(self.axis, sources[0].ndim + 1), self.infer(*values)
        assert stacked.shape is not None
        moves = Moves([stand_in(str(sources[0].dtype), stacked.shape)], dict(enumerate(sources)))
        for i, source in enumerate(sources):
            # With an ellipsis NumPy gives a view of a single element too.
            moves.copy(np.moveaxis(moves.results[0], axis, 0)[i, ...], i, source)
        return moves.call()
