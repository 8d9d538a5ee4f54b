"""BROADCAST_ARGS: the shape that two shapes broadcast to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.types import Array, TensorType
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import broadcast_sizes, of_one_type, require_rank


@dataclass(frozen=True)
class BroadcastArgs(Movement):
    """out = the shape of s0 and s1 broadcast together.

    Sources:
        tflite/kernels/broadcast_args.cc.
    """

    opcode = "BROADCAST_ARGS"

    def infer(self, s0: Operand, s1: Operand) -> tuple[TensorType, ...]:
        """A vector as long as the longer of the two."""
        of_one_type(s0, s1)
        require_rank("s0", s0, 1)
        require_rank("s1", s1, 1)
        return (TensorType(s0.dtype, (max(s0.shape[0], s1.shape[0]),)),)

    def compute(self, record: Moved, see: See | None, s0: Array, s1: Array) -> tuple[Array, ...]:
        """The common shape."""
        return (np.array(broadcast_sizes(s0.tolist(), s1.tolist()), s0.dtype),)
