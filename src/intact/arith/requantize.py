"""Accumulator to stored integer: multiplier and shift, and every way that runtimes round.

A quotient of scales e, a real number, is written as multiplier / 2^31 * 2^shift, and an accumulator is multiplied by
that. Runtimes differ in how often and which way they round; each way is a rule with a name, and a profile says which
rule an operator follows on a runtime.

    double-away    to an integer after the high multiplication, ties up; after the right shift, ties away from zero
    double-up      the same with ties up both times
    double-up-8    double-up in full blocks of 8 channels, double-away in the channels left over
    single         once, ties up, of the product in 64 bits
    single-16      once, ties up, with the multiplier rounded to 16 bits; what LiteRT does to 64-bit accumulators
    float64-away   float64 product with e itself, ties away from zero
    float32-even   the accumulator and e in float32, their product rounded to the nearest integer, ties to even

That the first rounding of gemmlowp's "double" rule is ties up, though its code adds 1 - 2^30 to negative products and
truncates: for p < 0, trunc((p + 1 - 2^30) / 2^31) = -floor((-p - 1 + 2^30) / 2^31) = ceil((p + 1 - 2^30) / 2^31) =
floor((p + 2^30) / 2^31), as ceil((n + 1 - d/2) / d) = floor((n + d/2) / d) for integers n and even d.

Sources:
    tflite/kernels/internal/quantization_util.cc, QuantizeMultiplier; tflite/kernels/internal/common.cc,
    MultiplyByQuantizedMultiplier; gemmlowp/fixedpoint/fixedpoint.h; XNNPACK src/reference/packing.cc and
    src/qs8-requantization. Which runtime follows which was measured: docs/numerics.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.errors import UsageError

Array = NDArray[Any]
See = Callable[[str, Array], None]

STAGES: Final = ("input offset", "products", "accumulator", "multiplied", "shifted", "offset", "clamped")
"""What is seen of one number on its way, in order; `multiplied` is not there in rules that round once."""

_CHUNK: Final = 1 << 14
"""Accumulators worked on at a time (128 KB as int64), so that the steps of a rule find them in the cache."""


def quantize_multiplier(factor: float) -> tuple[int, int]:
    """Returns the multiplier and shift of a real factor: factor = multiplier / 2^31 * 2^shift, nearly.

    Args:
        factor: finite, computed in the width that the runtime computes it in.
    Returns:
        multiplier: Q0.31, magnitude in [2**30, 2**31), or 0 where the factor is 0 or below 2^-32.
        shift: bits, positive is left, from -31 up.
    Sources:
        tflite/kernels/internal/quantization_util.cc, QuantizeMultiplier. The half is rounded away from zero.
    """
    if factor == 0.0:
        return 0, 0
    mantissa, shift = math.frexp(factor)
    multiplier = math.floor(abs(mantissa) * 2.0**31 + 0.5)
    if multiplier == 1 << 31:
        multiplier >>= 1
        shift += 1
    if shift < -31:
        return 0, 0
    return (multiplier if factor > 0 else -multiplier), shift


def wrap32(number: Array) -> Array:
    """Returns int64 numbers as int32 holds them after an overflow, in two's complement."""
    result: Array = number.astype(np.int32).astype(np.int64)
    return result


def round_half_away(real: Any) -> Any:
    """Returns C's round(): to the nearest integer, halves away from zero, in the type of the argument."""
    whole = np.trunc(real)
    return whole + (np.abs(real - whole) >= 0.5) * np.sign(real)


def to_int32(real: Array) -> Array:
    """Returns whole numbers as int64, as x86 converts them to int32: -2^31 for NaN and all that int32 cannot hold."""
    held = (real >= -(2.0**31)) & (real < 2.0**31)
    result: Array = np.where(held, real, -(2.0**31)).astype(np.int64)
    return result


def shift_right_away(number: Array, bits: Array | int) -> Array:
    """Returns number / 2^bits to the nearest, ties away from zero; integers.

    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, RoundingDivideByPOT.
    """
    half, shifts = _half(bits)
    # A negative tie is kept from going up by the sign bit, -1, unless nothing is shifted out.
    result: Array = np.right_shift(number, 63)
    if not np.all(shifts):
        result = result * shifts
    result = result + number
    result += half
    result >>= bits
    return result


def shift_right_up(number: Array, bits: Array | int) -> Array:
    """Returns number / 2^bits to the nearest, ties towards plus infinity; integers."""
    result: Array = number + _half(bits)[0]
    result >>= bits
    return result


def _half(bits: Array | int) -> tuple[Array, Array]:
    """Returns half of 2^bits, 0 for no bits, and whether there are any."""
    counts = np.asarray(bits, np.int64)
    half: Array = np.left_shift(np.int64(1), np.maximum(counts - 1, 0)) * (counts > 0)
    return half, counts > 0


def high_multiply(number: Array, multiplier: Array | int) -> Array:
    """Returns number * multiplier / 2^31 to the nearest, ties up, saturated where both are -2^31; int64.

    Args:
        number, multiplier: int64 arrays of int32 numbers.
    Sources:
        gemmlowp/fixedpoint/fixedpoint.h, SaturatingRoundingDoublingHighMul; the head of this file for the ties.
    """
    high: Array = np.right_shift(number * multiplier + (1 << 30), 31)
    result: Array = np.minimum(high, (1 << 31) - 1)
    return result


def multiply(number: Array, multiplier: Array | int, shift: Array | int, rule: str = "double-away") -> Array:
    """Returns number * multiplier / 2^31 * 2^shift, rounded as a rule of integers says.

    Args:
        number: int64 array, holding int32 but for the rule single-16.
        multiplier: Q0.31, magnitude below 2**31.
        shift: bits, positive is left.
        rule: a key of FIXED.
    Returns:
        int64, not clamped.
    """
    return FIXED[rule](np.asarray(number, np.int64), np.asarray(multiplier), np.asarray(shift))


def _double_away(number: Array, multiplier: Array, shift: Array) -> Array:
    return shift_right_away(_high(number, multiplier, shift), np.maximum(-shift, 0))


def _double_up(number: Array, multiplier: Array, shift: Array) -> Array:
    return shift_right_up(_high(number, multiplier, shift), np.maximum(-shift, 0))


def _double_up_8(number: Array, multiplier: Array, shift: Array) -> Array:
    whole = number.shape[-1] // 8 * 8
    multiplier, shift = (np.broadcast_to(a, number.shape[-1:]) for a in (multiplier, shift))
    result = _double_up(number, multiplier, shift)
    result[..., whole:] = _double_away(number[..., whole:], multiplier[whole:], shift[whole:])
    return result


def _high(number: Array, multiplier: Array, shift: Array) -> Array:
    # x86 takes a shift count modulo 32, and what is shifted out of int32 is gone.
    left = np.maximum(shift, 0) & 31
    if np.any(left):
        number = wrap32(np.left_shift(number, left))
    # Nothing saturates, as no multiplier is -2^31.
    product: Array = number * multiplier
    product += 1 << 30
    product >>= 31
    return product


def _single(number: Array, multiplier: Array, shift: Array) -> Array:
    return shift_right_up(number * multiplier, 31 - shift)


def _single_16(number: Array, multiplier: Array, shift: Array) -> Array:
    short = np.where(multiplier < 0x7FFF0000, (multiplier + (1 << 15)) >> 16, 0x7FFF)
    return wrap32(shift_right_up(number * short, 15 - shift))


FIXED: Final[dict[str, Callable[[Array, Array, Array], Array]]] = {
    "double-away": _double_away,
    "double-up": _double_up,
    "double-up-8": _double_up_8,
    "single": _single,
    "single-16": _single_16,
}
"""The rules that compute with a multiplier and a shift."""

RULES: Final = (*FIXED, "float64-away", "float32-even")


@dataclass(frozen=True, eq=False)
class Requantization:
    """How accumulators become stored integers.

    Args:
        rule: one of RULES.
        factor: float64 (1,) or (channels,). The real multiplier, a quotient of scales.
        multiplier: int64, as factor. Q0.31.
        shift: int64, as factor. Bits, positive is left.
        far: numbers may leave int32 on their way; below 1 a factor makes none larger.
        zero_point: of the result.
        low, high: smallest and largest stored result, the activation's clamp within the type's limits.
        dtype: NumPy name of the result.
        wide: accumulators have 64 bits. They have under single-16 anyway; under other rules they wrap at 32.
    """

    rule: str
    factor: NDArray[np.float64]
    zero_point: int
    low: int
    high: int
    dtype: str
    wide: bool = False
    multiplier: NDArray[np.int64] = field(init=False)
    shift: NDArray[np.int64] = field(init=False)
    far: bool = field(init=False)

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise UsageError(f"there is no rule '{self.rule}'", expected=f"one of {', '.join(RULES)}")
        pairs = np.array([quantize_multiplier(float(f)) for f in self.factor], np.int64).reshape(-1, 2)
        object.__setattr__(self, "multiplier", pairs[:, 0].copy())
        object.__setattr__(self, "shift", pairs[:, 1].copy())
        object.__setattr__(self, "far", self.wide or bool(np.any(self.factor > 0.99)))

    def with_pair(self, multiplier: int, shift: int) -> Requantization:
        """Returns the same with a multiplier and shift that were worked out in another way than from `factor`."""
        twin = replace(self)
        object.__setattr__(twin, "multiplier", np.array([multiplier], np.int64))
        object.__setattr__(twin, "shift", np.array([shift], np.int64))
        return twin

    def __call__(self, products: Array, bias: Array | None = None, see: See | None = None) -> Array:
        """Returns clamp(round(factor * (products + bias)) + zero_point).

        Args:
            products: (..., channels), exact integers in any type, floats among them.
            bias: int64 (channels,) or None.
            see: is shown each stage of all the numbers.
        Returns:
            (..., channels) of `dtype`.
        """
        result = np.empty(products.shape, self.dtype)
        width = max(self.factor.size, 1 if bias is None else bias.size)
        rows, out = products.reshape(-1, width), result.reshape(-1, width)
        wraps = self.rule != "single-16" and not self.wide and not _fits(products, bias)
        if see:
            shape = products.shape

            def shown(stage: str, array: Array) -> None:
                see(stage, array.reshape(shape))

            shown("products", rows.astype(np.int64))
            out[...] = self._finish(rows, bias, wraps, shown)
            return result
        step = max(1, _CHUNK // width)
        for start in range(0, rows.shape[0], step):
            out[start : start + step] = self._finish(rows[start : start + step], bias, wraps, None)
        return result

    def _finish(self, products: Array, bias: Array | None, wraps: bool, see: See | None) -> Array:
        acc = products.astype(np.int64)
        if bias is not None:
            acc += bias
        if wraps:
            acc = wrap32(acc)
        if see:
            see("accumulator", acc)
        if self.rule == "float32-even":
            # Rounding to float32 is part of the rule where the accumulator has more than 24 bits.
            rounded = acc.astype(np.float32) * self.factor.astype(np.float32)
            np.rint(rounded, out=rounded)
        elif self.rule == "float64-away":
            rounded = round_half_away(acc * self.factor)
        else:
            if see and self.rule.startswith("double"):
                see("multiplied", _high(acc, self.multiplier, self.shift))
            rounded = FIXED[self.rule](acc, self.multiplier, self.shift)
        if self.far and rounded.dtype.kind == "f":
            # XNNPACK limits to the largest result first; so what is too large is no overflow there.
            limit = float(self.high - self.zero_point) if self.rule == "float32-even" else np.inf
            rounded = to_int32(np.minimum(rounded, limit))
        if see:
            see("shifted", rounded.astype(np.int64))
        if self.zero_point:
            rounded += rounded.dtype.type(self.zero_point)
            if self.far:
                rounded = wrap32(rounded)
        if see:
            see("offset", rounded.astype(np.int64))
        result = np.clip(rounded, self.low, self.high, out=rounded)
        if see:
            see("clamped", result.astype(np.int64))
        return result


def _fits(products: Array, bias: Array | None) -> bool:
    """True where no sum leaves int32: products in float32 are exact, so at most 2^24."""
    largest = 0 if bias is None or bias.size == 0 else int(np.abs(bias).max())
    return products.dtype == np.float32 and largest < (1 << 31) - (1 << 24)


def in_blocks(
    size: int, length: int, whole: Requantization, rest: Requantization, products: Array, see: See | None = None
) -> Array:
    """Returns what a vectorized kernel returns: full blocks of elements by one rule, the elements left over by another.

    Args:
        size: elements of a block.
        length: elements among which blocks are made: all of the array, or its last dimension.
        whole, rest: the two rules, with one factor each.
        products: any shape, exact integers.
        see: is shown each stage of all the numbers.
    """
    rows = products.reshape(-1, length) if length else products.reshape(0, 1)
    cut = length // size * size
    stages: dict[str, list[Array]] = {}

    def keep(stage: str, array: Array) -> None:
        stages.setdefault(stage, []).append(array)

    shown = keep if see else None
    parts = whole(rows[:, :cut], see=shown), rest(rows[:, cut:], see=shown)
    if see:
        for stage, seen in stages.items():
            see(stage, np.concatenate(seen, axis=1).reshape(products.shape))
    result: Array = np.concatenate(parts, axis=1).reshape(products.shape)
    return result
