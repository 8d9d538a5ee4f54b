"""Bases of the operators that compute every element of their result from the elements at the same place."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from intact.arith.below_one import multiply_below_one
from intact.arith.calls import lut
from intact.arith.requantize import See
from intact.arith.rounding import quantize_multiplier
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.attributes import FusedActivation
from intact.ops.by_codes import call_of_pairs
from intact.ops.fitness import not_clamp, not_float
from intact.ops.quantized import INTEGERS, alike, scale, zero_point
from intact.ops.shapes import broadcast, same_as

_SEVERAL: Final = 512
"""Codes of an operand that a kernel is tried on for defects."""

STEPS: Final = {"steps-256": INTEGERS, "steps-256-below-1": INTEGERS}
"""The rules of a comparison that compares multiples of 1/256."""


@dataclass(frozen=True)
class Unary(Op):
    """One operand."""

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)


@dataclass(frozen=True)
class OfCode(Unary):
    """Each element of the result from the one at its place, by `compute`, whatever the others are."""

    def compile(self, record: Any, input: Operand) -> Call | None:
        """A table of the results of all codes of 8 or 16 bits."""
        return lut.looked_up(lambda codes: self.compute(record, None, codes)[0], input.dtype.value, input.shape)


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
class Steps:
    """What a comparison is prepared to.

    Args:
        zero_points: of the operands.
        multipliers, shifts: of the operands: scale = multiplier / 2^31 * 2^shift.
        factors: those scales.
    """

    zero_points: tuple[int, int]
    multipliers: tuple[int, int]
    shifts: tuple[int, int]
    factors: tuple[float, float]

    def multiple(self, operand: int, codes: Array) -> Array:
        """Returns the real numbers of operand 0's or 1's codes (int64) in multiples of 1/256."""
        centred = (codes - self.zero_points[operand]) << 8
        return multiply_below_one(centred, self.multipliers[operand], self.shifts[operand])


@dataclass(frozen=True)
class Comparison(Binary):
    """Two operands and a truth value for each pair.

    LiteRT has integer kernels, but they compare multiples of 1/256 whatever the scales are: of pairs in [-0.01, 0.01],
    LESS gets 8 % wrong and EQUAL 18 %, though both operands share one scale. At a scale of 1 they abort the process,
    above it they shift the wrong way: 23 % and 49 % wrong. Measured on ai-edge-litert 2.3.0, the same in all three
    kernel sets. The kernels of LESS and GREATER_EQUAL for int16 compare the stored integers.

    Attributes:
        holds: what NumPy has for it.

    Sources:
        tflite/kernels/comparisons.cc, ComparisonQuantized.
    """

    holds: ClassVar[np.ufunc]

    why_float = "LiteRT's integer kernels compare multiples of 1/256 and may end the process"

    def infer(self, input1: Operand, input2: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape, bool."""
        (pair,) = super().infer(input1, input2)
        return (TensorType(DType.BOOL, pair.shape),)

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> Steps | None:
        """Multiplier and shift of both operands; None where stored integers are compared."""
        rule = site.rule(self.opcode, input1.dtype.value, taken=False)
        if rule.name == "codes":
            if not alike(input1, input2):
                site.defect("the kernel compares stored integers, though their scales or zero points differ")
            return None
        steps = scale("input1", input1), scale("input2", input2)
        if 1.0 in steps or (rule.name == "steps-256-below-1" and max(steps) > 1):
            raise UncoveredError(f"{self.opcode} with a scale of {max(steps)} ends the process")
        pairs = [quantize_multiplier(float(s)) for s in steps]
        zeros = zero_point(input1), zero_point(input2)
        record = Steps(
            zeros, (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1]), (float(steps[0]), float(steps[1]))
        )
        held = codes(input1), codes(input2)
        real = [s * (c - z).astype(np.float64) for s, c, z in zip(steps, held, zeros, strict=True)]
        kernel = [record.multiple(i, c) for i, c in enumerate(held)]
        right, found = (self.holds(first[:, None], second) for first, second in (real, kernel))
        if np.any(right != found):
            wrong = wrong_pairs(right != found, input1, input2)
            site.defect(f"the kernel compares multiples of 1/256, which gets {wrong} wrong")
        return record

    def compute(self, record: Steps | None, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Multiples of 1/256 compared."""
        first, second = input1, input2
        if record is not None:
            first, second = (record.multiple(i, x.astype(np.int64)) for i, x in enumerate((input1, input2)))
        return (np.asarray(self.holds(first, second)),)

    def compile(self, record: Steps | None, input1: Operand, input2: Operand) -> Call | None:
        """A table of all pairs of codes of 8 bits."""
        return call_of_pairs(lambda a, b: self.compute(record, None, a, b)[0], input1, input2)


def codes(operand: Operand) -> Array:
    """Returns the stored integers that an operand may hold, int64: those of a constant, or all of its type.

    Of more than _SEVERAL some are left out: half of those kept lie side by side at the zero point.
    """
    low, high = operand.dtype.limits
    found = np.arange(low, high + 1) if operand.array is None else np.unique(operand.array).astype(np.int64)
    if found.size > _SEVERAL:
        near = int(np.clip(np.searchsorted(found, zero_point(operand)), _SEVERAL // 4, found.size - _SEVERAL // 4))
        side_by_side = found[near - _SEVERAL // 4 : near + _SEVERAL // 4]
        found = np.unique(np.concatenate([found[:: found.size // (_SEVERAL // 2)], side_by_side]))
    return found


def wrong_pairs(wrong: Array, *operands: Operand) -> str:
    """Returns in words how many pairs of codes (truth values) a kernel gets wrong."""
    all_of_them = all(o.dtype.bits == 8 for o in operands)
    return f"{wrong.mean():.2%} of all pairs of codes" if all_of_them else "some pairs of codes"


@dataclass(frozen=True)
class Logical(Binary):
    """Two bool operands."""

    def infer(self, input1: Operand, input2: Operand) -> tuple[TensorType, ...]:
        """The broadcast shape, bool."""
        if input1.dtype != DType.BOOL:
            raise ModelError(f"input1 is {input1.dtype.value}", code="E202", expected="bool")
        return super().infer(input1, input2)


def require_codes(operator: str, site: Site, *operands: Operand, types: AbstractSet[DType]) -> None:
    """Looks up the rule of an operator that computes on stored integers as they are, whatever they stand for.

    Raises:
        UncoveredError: operands or result have another type, or not all the same.
    """
    dtype = operands[0].dtype
    if dtype not in types or any(o.dtype != dtype for o in operands) or site.results[0].dtype != dtype:
        raise UncoveredError(f"{operator} of {dtype.value} to {site.results[0].dtype.value}")
    site.rule(operator, dtype.value, taken=False)
