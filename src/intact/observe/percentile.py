"""Percentiles of all numbers."""

from __future__ import annotations

from typing import Final

from intact.observe.sketched import Sketched

PART: Final = 1e-4
"""Of all numbers, that may lie below the range, and as many above."""


class Percentile(Sketched):
    """The range without the smallest and the largest of every ten thousand numbers.

    Its ends are within the error of the sketch (observe/sketch.py) of numbers that were seen.
    """

    name = "percentile"
    about = "percentiles 0.01 and 99.99 of all numbers"

    def clipped(self, low: float, high: float, levels: int) -> tuple[float, float]:
        """Returns the two percentiles."""
        return self.sketch.percentiles(PART, (low, high))
