"""SELECT and SELECT_V2: elements of one operand where a condition holds, of another where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls import choice
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, TensorType
from intact.native.call import Call
from intact.ops.fitness import stands_for_infinity
from intact.ops.movement import Moved, Movement
from intact.ops.shapes import broadcast, of_one_type, same_as


@dataclass(frozen=True)
class _Choice(Movement):
    quant = moves("x", "y")

    def unfit(self, *operands: Operand | None) -> str | None:
        """A mask puts minus infinity where a softmax should not look."""
        return stands_for_infinity(*operands[1:])


@dataclass(frozen=True)
class Select(_Choice):
    """out = x where condition else y. The condition has their shape, is a scalar, or picks whole rows.

    Sources:
        tflite/kernels/select.cc.
    """

    opcode = "SELECT"
    options = "SelectOptions"

    def infer(self, condition: Operand, x: Operand, y: Operand) -> tuple[TensorType, ...]:
        """The shape of x."""
        of_one_type(x, y)
        if x.shape != y.shape or condition.shape not in (x.shape, (), x.shape[:1]):
            raise ModelError(
                f"condition has shape {list(condition.shape)}, x {list(x.shape)}, y {list(y.shape)}",
                expected="x.shape == y.shape, and for condition the same, [] or x.shape[:1]",
            )
        return same_as(x)

    def compute(self, record: Moved, see: See | None, condition: Array, x: Array, y: Array) -> tuple[Array, ...]:
        """Elements, or rows, chosen."""
        rows = condition.reshape(condition.shape + (1,) * (x.ndim - condition.ndim)) if condition.ndim else condition
        return (np.where(rows, x, y),)

    def compile(self, record: Moved, condition: Operand, x: Operand, y: Operand) -> Call | None:
        """Elements, or rows, chosen."""
        rows = condition.shape + (1,) * (len(x.shape) - len(condition.shape)) if condition.shape else ()
        return choice.selected(str(np.dtype(x.dtype.numpy)), (rows, x.shape, y.shape))


@dataclass(frozen=True)
class SelectV2(_Choice):
    """out = x where condition else y, all three broadcast.

    Sources:
        tflite/kernels/select.cc.
    """

    opcode = "SELECT_V2"
    options = "SelectV2Options"

    def infer(self, condition: Operand, x: Operand, y: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape."""
        of_one_type(x, y)
        return (TensorType(x.dtype, broadcast(condition, x, y)),)

    def compute(self, record: Moved, see: See | None, condition: Array, x: Array, y: Array) -> tuple[Array, ...]:
        """Elements chosen."""
        return (np.where(condition, x, y),)

    def compile(self, record: Moved, condition: Operand, x: Operand, y: Operand) -> Call | None:
        """Elements chosen."""
        return choice.selected(str(np.dtype(x.dtype.numpy)), (condition.shape, x.shape, y.shape))
