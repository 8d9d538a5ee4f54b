"""Bases of the operators that compute every element of their result from the elements at the same place."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.fitness import not_clamp, not_float
from intact.ops.shapes import broadcast, same_as


@dataclass(frozen=True)
class Unary(Op):
    """One operand."""

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)


@dataclass(frozen=True)
class Binary(Op):
    """Two operands of one type, broadcast to each other."""

    def infer(self, input1: Operand, input2: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape, the type of both."""
        if input1.dtype != input2.dtype:
            raise ModelError(
                f"input1 is {input1.dtype.value}, input2 is {input2.dtype.value}", code="E202", expected="equal types"
            )
        return (TensorType(input1.dtype, broadcast(input1, input2)),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Arithmetic on shapes and indices stays as it is."""
        return not_float(*operands)


@dataclass(frozen=True)
class Arithmetic(Binary):
    """Two operands, and an activation applied to the result."""

    fused_activation_function: FusedActivation = FusedActivation.NONE

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return super().unfit(*operands) or not_clamp(self.fused_activation_function)


@dataclass(frozen=True)
class Comparison(Binary):
    """Two operands and a truth value for each pair.

    LiteRT has integer kernels, but they compare multiples of 1/256 whatever the scales are: of pairs in [-0.01, 0.01],
    LESS gets 8 % wrong and EQUAL 18 %, though both operands share one scale. At a scale of 1 they abort the process,
    above it they shift the wrong way: 23 % and 49 % wrong. Measured on ai-edge-litert 2.3.0, the same in all three
    kernel sets.

    Sources:
        tflite/kernels/comparisons.cc, ComparisonQuantized.
    """

    why_float = "LiteRT's integer kernels compare multiples of 1/256 and may end the process"

    def infer(self, input1: Operand, input2: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape, bool."""
        (pair,) = super().infer(input1, input2)
        return (TensorType(DType.BOOL, pair.shape),)


@dataclass(frozen=True)
class Logical(Binary):
    """Two bool operands."""

    def infer(self, input1: Operand, input2: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape, bool."""
        if input1.dtype != DType.BOOL:
            raise ModelError(f"input1 is {input1.dtype.value}", code="E202", expected="bool")
        return super().infer(input1, input2)
