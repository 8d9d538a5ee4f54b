"""Averages of what single samples reach, the latest counting most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

import numpy as np

from intact.ir.types import Array
from intact.observe.observer import Observer

CONSTANT: Final = 0.01
"""How far each sample moves the average towards itself."""

LAST: Final = 512
"""Samples that count."""


class MovingAverage(Observer):
    """Exponential moving averages of the samples' minima and maxima, over the last 512 samples.

    average = first, then average + 0.01 * (sample - average). The window keeps memory fixed and makes the average of
    shards, merged in order, that of all samples, digit for digit: what the 513th sample from the end would still
    weigh is 0.6 % of the range.

    Sources:
        the rule is that of PyTorch's MovingAverageMinMaxObserver, with its constant; Samsung/ONE's moving_average
        averages groups of 16 samples with the constant 0.1.
    """

    name = "moving-average"
    about = "moving averages of the samples' minima and maxima, constant 0.01, last 512 samples"
    by_record = True
    ordered = True

    def __init__(self) -> None:
        self._last: list[tuple[float, float]] = []

    def take(self, array: Array, low: float, high: float) -> None:
        """Remembers the smallest and the largest number."""
        self._last = [*self._last[1 - LAST :], (low, high)]

    def merge(self, other: Self) -> None:
        """Remembers what the other does, as later samples."""
        self._last = [*self._last, *other._last][-LAST:]
        self.count += other.count

    def range(self, levels: int = 256) -> tuple[float, float]:
        """Returns both averages, computed in float64 and in the order of the samples."""
        self.require_some()
        average = np.array(self._last[0], np.float64)
        for sample in self._last[1:]:
            average += CONSTANT * (np.array(sample) - average)
        return float(average[0]), float(average[1])

    def numbers(self) -> dict[str, Any]:
        """The minima and maxima of the last samples."""
        return {"last": [list(pair) for pair in self._last]} if self.count else {}

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Takes them back."""
        self._last = [(float(low), float(high)) for low, high in numbers.get("last", [])]
