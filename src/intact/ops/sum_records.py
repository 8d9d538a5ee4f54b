"""The records that ADD and SUB of ops/sums.py are prepared to, one for each way of bringing operands to one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from intact.arith.below_one import multiply_below_one
from intact.arith.calls import add16
from intact.arith.calls.add import Sum, fitted, summed
from intact.arith.calls.gemm import held
from intact.arith.requantize import See
from intact.arith.rounding import high_multiply, shift_right_away
from intact.arith.vectors import Ways, stretch, through_int16
from intact.ir.op import Operand
from intact.ir.term import Term
from intact.ir.types import Array, Shape
from intact.native.call import Call
from intact.ops.by_codes import OfPairs
from intact.ops.finish import Finish
from intact.ops.pairs import summand
from intact.ops.terms import broadcast_place


@dataclass(frozen=True, eq=False)
class CommonScale(OfPairs):
    """A sum at twice the larger scale of its operands.

    Args:
        rule: double-away or double-away-vectors.
        sign: of the second operand, 1 or -1.
        zero_points: of the operands.
        left: bits that operands are shifted left by.
        multipliers: of the operands, Q0.31: scale / (2 * larger scale) = multiplier / 2^31 * 2^shift.
        shifts: of the operands, bits, 0 or negative.
        multiplier, shift: of the sum, the same of (2 * larger scale) / (2^left * result's scale).
        factors, factor: the real multipliers that those stand for, of the operands and of the sum.
        finish: zero point and clamp of the result.
    """

    rule: str
    sign: int
    zero_points: tuple[int, int]
    left: int
    multipliers: tuple[int, int]
    shifts: tuple[int, int]
    multiplier: int
    shift: int
    factors: tuple[float, float]
    factor: float
    finish: Finish

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        return (self.of_pairs(see, input1, input2),)

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in which `formula` may be asked for an element."""
        return ("scalar", "combined", "cut off") if self.rule == "double-away-vectors" else ("scalar",)

    def ways_at(self, shape1: Shape, shape2: Shape) -> Ways:
        """Returns which elements are computed in vectors, and in which way."""
        along = stretch(shape1, shape2) if self.rule == "double-away-vectors" else None
        if along is None or (along.repeats and self.finish.dtype == "int16"):
            return Ways("scalar", "scalar")
        if along.repeats or self.finish.dtype == "uint8":
            return along.ways("cut off", "scalar", 8)
        return along.ways("combined", "scalar", 16)

    def compile(self, input1: Operand, input2: Operand) -> Call | None:
        """Returns the C kernel's call: of 8 bits that of pairs of codes, of 16 bits the formula."""
        if self.finish.dtype != "int16":
            return super().compile(input1, input2)
        shapes = input1.shape, input2.shape
        ways = self.ways_at(*shapes)
        operands = [[self._step(way, index) for index in range(2)] for way in ways.used()]
        total = add16.multiplied(self.multiplier, self.shift)
        return add16.summed(shapes, operands, self.sign, total, (self.finish.low, self.finish.high), ways)

    def _step(self, way: str, index: int) -> add16.Step | None:
        multiplier, shift = self.multipliers[index], self.shifts[index]
        if way == "combined":
            return add16.multiplied(multiplier, 0, self.left + shift)
        return add16.multiplied(multiplier, shift, self.left)

    def by_formula(self, shapes: tuple[Shape, Shape], dtype: str, used: Sequence[str]) -> Call | None:
        """A weighted sum, where one gives the same for all pairs of codes."""
        key = tuple(used)
        if key not in self._sums:
            parts = [f * self.factor * 2.0**self.left for f in self.factors]
            factors = parts[0], self.sign * parts[1]
            self._sums[key] = fitted(self.tables(dtype, used), factors, self.finish.low, self.finish.high)
        return summed(dtype, shapes, self._sums[key])

    @cached_property
    def _sums(self) -> dict[tuple[str, ...], Sum | None]:
        return {}

    def terms(self, at: tuple[int, ...], input1: Array, input2: Array) -> list[Term]:
        """Returns both operands at the common scale."""
        ways = self.ways_at(input1.shape, input2.shape)
        where = ways.are_first(np.broadcast_shapes(input1.shape, input2.shape))
        term = self._term(ways.first if where[at] else ways.rest)
        found = []
        for index, (codes, sign) in enumerate(((input1, 1), (input2, self.sign))):
            rounded = sign * int(term(index, codes[broadcast_place(at, codes)]))
            multiplier, zero = sign * self.multipliers[index], self.zero_points[index]
            found.append(summand(f"input{index + 1}", at, codes, zero, multiplier, rounded))
        return found

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair: "scalar", or in vectors whose terms are "combined" or "cut off"."""
        term = self._term(way)
        total = np.asarray(term(0, input1) + self.sign * term(1, input2))
        if see:
            see("accumulator", total)
        number = multiply_below_one(total, self.multiplier, self.shift)
        if way != "scalar" and self.finish.dtype != "int16":
            zero = self.finish.zero_point
            number = through_int16(number, zero, saturates=False) - zero
        return self.finish(number, see)

    def _term(self, way: str) -> Callable[[int, Array], Array]:
        return {"scalar": self._rounded, "combined": self._combined, "cut off": self._cut_off}[way]

    def _rounded(self, index: int, codes: Array) -> Array:
        """Returns an operand at the common scale, rounded after each step."""
        centred = codes.astype(np.int64) - self.zero_points[index]
        return multiply_below_one(centred << self.left, self.multipliers[index], self.shifts[index])

    def _combined(self, index: int, codes: Array) -> Array:
        """Returns an operand at the common scale by one shift left or, cut off, right; then rounded once."""
        centred, left = codes.astype(np.int64) - self.zero_points[index], self.left + self.shifts[index]
        shifted = np.left_shift(centred, left) if left >= 0 else np.right_shift(centred, -left)
        return high_multiply(shifted, self.multipliers[index])

    def _cut_off(self, index: int, codes: Array) -> Array:
        """Returns an operand at the common scale, bits shifted out to the right cut off."""
        centred = codes.astype(np.int64) - self.zero_points[index]
        high = high_multiply(centred << self.left, self.multipliers[index])
        result: Array = np.right_shift(high, -self.shifts[index])
        return result


@dataclass(frozen=True)
class PowerOfTwo:
    """A sum of int16 whose scales are powers of two.

    Args:
        sign: of the second operand, 1 or -1.
        shifts: bits that the operands are shifted right by, to the result's scale; one of them is 0.
        finish: clamp of the result.
    """

    sign: int
    shifts: tuple[int, int]
    finish: Finish

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        first = shift_right_away(input1.astype(np.int64), self.shifts[0])
        second = shift_right_away(input2.astype(np.int64), self.shifts[1])
        total = first + self.sign * second
        if see:
            see("accumulator", total)
        return (self.finish(total, see),)

    def compile(self, input1: Operand, input2: Operand) -> Call | None:
        """Returns the C kernel's call."""
        shapes, end, ways = (input1.shape, input2.shape), self.finish, Ways("", "")
        operands = [[add16.shifted(bits) for bits in self.shifts]]
        return add16.summed(shapes, operands, self.sign, add16.shifted(0), (end.low, end.high), ways)

    @property
    def ways(self) -> tuple[str, ...]:
        """There is one."""
        return ("",)

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair."""
        return self(see, input1, input2)[0]

    def terms(self, at: tuple[int, ...], input1: Array, input2: Array) -> list[Term]:
        """Returns both operands at the result's scale."""
        found = []
        for index, (codes, sign) in enumerate(((input1, 1), (input2, self.sign))):
            code = codes[broadcast_place(at, codes)].astype(np.int64)
            rounded = sign * int(shift_right_away(code, self.shifts[index]))
            found.append(summand(f"input{index + 1}", at, codes, 0, sign, rounded))
        return found


@dataclass(frozen=True, eq=False)
class SharedShift(OfPairs):
    """A sum of products with short multipliers.

    Args:
        zero_points: of the operands.
        multipliers: of the operands, scale / result's scale * 2^shift rounded to an integer, the larger one of 21
            bits; that of a subtrahend is negative.
        shift: bits to the right, of the sum; 12 to 30. Rounded once, ties up.
        factors: the real multipliers scale / result's scale, in float32; that of a subtrahend is negative.
        finish: zero point and clamp of the result.
    """

    zero_points: tuple[int, int]
    multipliers: tuple[int, int]
    shift: int
    factors: tuple[float, float]
    finish: Finish

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        return (self.of_pairs(see, input1, input2),)

    def by_formula(self, shapes: tuple[Shape, Shape], dtype: str, used: Sequence[str]) -> Call | None:
        """The weighted sum that it is."""
        first, second = (held(z, dtype) for z in self.zero_points)
        offset = (1 << (self.shift - 1)) - first * self.multipliers[0] - second * self.multipliers[1]
        end = self.finish
        return summed(dtype, shapes, Sum(self.multipliers, offset, self.shift, end.zero_point, end.low, end.high))

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair; there is one way."""
        first, second = (c.astype(np.int64) - z for c, z in zip((input1, input2), self.zero_points, strict=True))
        total = np.asarray(first * self.multipliers[0] + second * self.multipliers[1])
        if see:
            see("accumulator", total)
        return self.finish((total + (1 << (self.shift - 1))) >> self.shift, see)

    @property
    def ways(self) -> tuple[str, ...]:
        """There is one."""
        return ("",)

    def terms(self, at: tuple[int, ...], input1: Array, input2: Array) -> list[Term]:
        """Returns both operands times their multipliers."""
        pairs = zip((input1, input2), self.zero_points, self.multipliers, strict=True)
        return [summand(f"input{i + 1}", at, codes, z, m) for i, (codes, z, m) in enumerate(pairs)]
