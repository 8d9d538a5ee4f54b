"""Accumulator to stored integer: scaled, rounded, moved to the zero point and clamped, as a rule says.

A rule is one of arith/rounding.py, with a multiplier and a shift, or one that multiplies by the quotient of scales e
itself:

    float64-away   float64 product with e, ties away from zero
    float32-even   the accumulator and e in float32, their product rounded to the nearest integer, ties to even

Sources:
    XNNPACK src/qs8-requantization; docs/numerics/weighted.md says which runtime follows which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import FIXED, Array, multiplied, quantize_multipliers, round_half_away, to_int32, wrap32
from intact.errors import UsageError

See = Callable[[str, Array], None]

STAGES: Final = ("input offset", "products", "accumulator", "multiplied", "shifted", "offset", "clamped")
"""What is seen of one number on its way, in order; `multiplied` is not there in rules that round once."""

_CHUNK: Final = 1 << 14
"""Accumulators worked on at a time (128 KB as int64), so that the steps of a rule find them in the cache."""


RULES: Final = (*FIXED, "float64-away", "float32-even")

ALIKE: Final = tuple(rule for rule in RULES if rule != "double-up-8")
"""The rules that do not tell one channel from another."""


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
        multiplier, shift = quantize_multipliers(self.factor)
        object.__setattr__(self, "multiplier", multiplier)
        object.__setattr__(self, "shift", shift)
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
                see("multiplied", multiplied(acc, self.multiplier, self.shift))
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
