"""Percentiles of what single samples reach."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, Self

import numpy as np

from intact.ir.types import Array
from intact.observe.observer import Observer
from intact.observe.sketch import Sketch

PART: Final = 0.01
"""Of the samples, whose minima may lie below the range, and of those whose maxima may lie above."""


class RecordPercentile(Observer):
    """The first percentile of the samples' minima, and the 99th of their maxima.

    Few samples that reach further than the others do not widen the range, however much of each does.

    Sources:
        Samsung/ONE, compiler/record-minmax, whose default it is. There every minimum and maximum is kept; here they are
        counted in two sketches, which do not grow; so a percentile is that of numpy.percentile, which takes a number
        between two that were seen, to the sketch's error.
    """

    name = "record-percentile"
    about = "percentile 1 of the samples' minima and 99 of their maxima"
    by_record = True

    def __init__(self) -> None:
        self._min = math.inf
        self._max = -math.inf
        self._minima = Sketch()
        self._maxima = Sketch()

    def take(self, array: Array, low: float, high: float) -> None:
        """Counts the smallest and the largest number."""
        self._min, self._max = min(self._min, low), max(self._max, high)
        self._minima.update(np.array([low], np.float32), abs(low))
        self._maxima.update(np.array([high], np.float32), abs(high))

    def merge(self, other: Self) -> None:
        """Counts what the other counted."""
        self._min, self._max = min(self._min, other._min), max(self._max, other._max)
        self._minima.merge(other._minima)
        self._maxima.merge(other._maxima)
        self.count += other.count

    def range(self, levels: int = 256) -> tuple[float, float]:
        """Returns the two percentiles, within what was seen; in order, where the sketch's error crosses them."""
        self.require_some()
        low_end, _ = self._minima.percentiles(PART, (self._min, None))
        _, high_end = self._maxima.percentiles(PART, (None, self._max))
        low, high = sorted(min(max(end, self._min), self._max) for end in (low_end, high_end))
        return low, high

    def numbers(self) -> dict[str, Any]:
        """The extremes and both sketches; none where nothing was seen, as JSON has no infinity."""
        if not self.count:
            return {}
        sketches = {"minima": self._minima.numbers(), "maxima": self._maxima.numbers()}
        return {"smallest": self._min, "largest": self._max, **sketches}

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Takes them back."""
        self._min, self._max = numbers.get("smallest", math.inf), numbers.get("largest", -math.inf)
        if "minima" in numbers:
            self._minima.restore(numbers["minima"])
            self._maxima.restore(numbers["maxima"])
