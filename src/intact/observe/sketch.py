"""How often numbers of each size were seen, in fixed memory: what percentiles and errors of clipping are read from.

A number falls into a bucket by its sign, its exponent and the first 7 bits of its mantissa, which are the upper bits of
its float32 representation; so a bucket is at most 2^-7 of its numbers wide, and its middle is within 2^-8 of each.
Buckets reach 16 octaves down from the largest magnitude seen; what is smaller counts as 0.

Buckets are those of the numbers, not of the order in which they come: what is below 16 octaves under the final largest
magnitude ends in the bucket of 0, whether it was counted there at once or moved there when a larger number came. So
several sketches merged are the sketch of everything, count for count.

Sources:
    the buckets of a constant relative width are those of DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and
    Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019), with the logarithm cut from the
    floating point number itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.buckets import BITS, SHIFT, SPAN, bucket, count_buckets
from intact.ir.types import Array

RELATIVE_ERROR: Final = 2.0 ** -(BITS + 1)
"""Of a number read from the sketch, to the number that was seen."""

ABSOLUTE_ERROR: Final = 2.0 ** -(SPAN >> BITS)
"""Of a number read as 0, as part of the largest magnitude."""


_LAST: Final = bucket(float(np.finfo(np.float32).max))


def whole(number: Any, least: int, most: int = 1 << 62) -> int:
    """Returns a number of a file if it is whole and within limits.

    Raises:
        ValueError: if not.
    """
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise ValueError(f"{number!r:.40} is no whole number of {least} to {most}")
    return number


class Sketch:
    """Counts of numbers by bucket.

    Attributes:
        count: numbers seen.
    """

    def __init__(self) -> None:
        self.count = 0
        self._top = 0
        """Bucket of the largest magnitude; 0 where only 0 was seen."""
        self._counts = np.zeros((2, SPAN + 1), np.int64)
        """Of positive and of negative numbers, by how many buckets they are below the top; last what counts as 0."""

    def update(self, array: Array, largest: float) -> None:
        """Counts the numbers of an array.

        Args:
            array: float32, any shape, all finite.
            largest: of their magnitudes.
        """
        self._raise(bucket(largest))
        count_buckets(array, self._top, self._counts)
        self.count += array.size

    def merge(self, other: Sketch) -> None:
        """Counts everything that the other has counted."""
        self._raise(other._top)
        moved = min(self._top - other._top, SPAN)
        self._counts[:, moved:SPAN] += other._counts[:, : SPAN - moved]
        self._counts[:, SPAN] += other._counts[:, SPAN - moved :].sum(axis=1)
        self.count += other.count

    def _raise(self, top: int) -> None:
        """Makes place for numbers of a bucket where it is above the top one."""
        if top <= self._top:
            return
        moved = min(top - self._top, SPAN)
        self._counts[:, SPAN] += self._counts[:, SPAN - moved : SPAN].sum(axis=1)
        self._counts[:, moved:SPAN] = self._counts[:, : SPAN - moved].copy()
        self._counts[:, :moved] = 0
        self._top = top

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Returns the middles of all buckets that have numbers, rising, and how many each has."""
        middles = _middles(self._top)
        values = np.concatenate([-middles, [0.0], middles[::-1]])
        counts = np.concatenate(
            [self._counts[1, : middles.size], [self._zeros()], self._counts[0, : middles.size][::-1]]
        )
        seen = counts > 0
        return values[seen], counts[seen]

    def percentiles(self, part: float, ends: tuple[float | None, float | None]) -> tuple[float, float]:
        """Returns the numbers that a part of all numbers lie below, and above, to the sketch's error.

        As numpy.percentile has them: at rank part * (count - 1), counted from 0 from either end, a number between two
        ranks in proportion.

        Args:
            part: 0 to 0.5.
            ends: the smallest and the largest number as they are, where they are known.
        """
        values, counts = self.points()
        below = np.cumsum(counts)

        def at(rank: int) -> float:
            if rank == 0 and ends[0] is not None:
                return ends[0]
            if rank == self.count - 1 and ends[1] is not None:
                return ends[1]
            return float(values[np.searchsorted(below, rank, side="right")])

        whole, rest = divmod(part * (self.count - 1), 1)
        rank, last = int(whole), self.count - 1
        inner = min(rank + 1, last)
        low = at(rank) + rest * (at(inner) - at(rank))
        high = at(last - rank) + rest * (at(last - inner) - at(last - rank))
        return low, high

    def numbers(self) -> dict[str, Any]:
        """Returns what it remembers in types JSON has: pairs of bucket below the top and count, by sign."""
        found: dict[str, Any] = {"count": self.count, "zeros": self._zeros(), "top": self._top}
        for name, counts in zip(("positive", "negative"), self._counts[:, :SPAN], strict=True):
            found[name] = [[int(i), int(counts[i])] for i in np.flatnonzero(counts)]
        return found

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Remembers what `numbers` returned.

        Raises:
            ValueError: for anything else.
        """
        self.count, self._top = whole(numbers["count"], 0), whole(numbers["top"], 0, _LAST)
        self._counts[:] = 0
        self._counts[0, SPAN] = whole(numbers["zeros"], 0)
        for row, name in enumerate(("positive", "negative")):
            for below, count in numbers[name]:
                self._counts[row, whole(below, 0, SPAN - 1)] = whole(count, 1)
        if self._counts.sum() != self.count:
            raise ValueError(f"its counts add up to {self._counts.sum()} and not to {self.count}")

    def _zeros(self) -> int:
        return int(self._counts[:, SPAN].sum())


def _middles(top: int) -> NDArray[np.float64]:
    """Returns the middle of each bucket from `top` down, as far as there are any."""
    buckets = np.arange(top, max(0, top - SPAN), -1, dtype=np.int64)
    lower = (buckets << SHIFT).astype(np.uint32).view(np.float32).astype(np.float64)
    upper = ((buckets + 1) << SHIFT).astype(np.uint32).view(np.float32).astype(np.float64)
    return (lower + np.where(np.isfinite(upper), upper, lower)) / 2
