"""Base of the observers that remember how often numbers of each size were seen."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Self

from intact.ir.types import Array
from intact.observe.observer import Observer
from intact.observe.sketch import Sketch


class Sketched(Observer):
    """All numbers that were seen, in a sketch, and their extremes as they are."""

    def __init__(self) -> None:
        self.sketch = Sketch()
        self._min = math.inf
        self._max = -math.inf

    def take(self, array: Array, low: float, high: float) -> None:
        """Counts the numbers."""
        self._min, self._max = min(self._min, low), max(self._max, high)
        self.sketch.update(array, max(-low, high))

    def merge(self, other: Self) -> None:
        """Counts what the other counted."""
        self._min, self._max = min(self._min, other._min), max(self._max, other._max)
        self.sketch.merge(other.sketch)
        self.count += other.count

    def range(self, levels: int = 256) -> tuple[float, float]:
        """Returns what `clipped` does, within what was seen."""
        self.require_some()
        low, high = self.clipped(self._min, self._max, levels)
        return min(max(low, self._min), self._max), max(min(high, self._max), self._min)

    @abstractmethod
    def clipped(self, low: float, high: float, levels: int) -> tuple[float, float]:
        """Returns the range to be told apart.

        Args:
            low, high: smallest and largest number seen.
            levels: how many numbers there are to tell them apart by.
        """

    def numbers(self) -> dict[str, Any]:
        """The extremes and the sketch; none where nothing was seen, as JSON has no infinity."""
        if not self.count:
            return {}
        return {"smallest": self._min, "largest": self._max, "sketch": self.sketch.numbers()}

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Takes them back."""
        self._min, self._max = numbers.get("smallest", math.inf), numbers.get("largest", -math.inf)
        if "sketch" in numbers:
            self.sketch.restore(numbers["sketch"])
