"""Smallest and largest number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Self

from intact.ir.types import Array
from intact.observe.observer import Observer


class MinMax(Observer):
    """The range of everything that was seen."""

    name = "min-max"
    about = "the smallest and the largest number of all samples"

    def __init__(self) -> None:
        self._min = math.inf
        self._max = -math.inf

    def take(self, array: Array, low: float, high: float) -> None:
        """Widens the range."""
        self._min = min(self._min, low)
        self._max = max(self._max, high)

    def merge(self, other: Self) -> None:
        """Widens the range to hold the other's."""
        self._min = min(self._min, other._min)
        self._max = max(self._max, other._max)
        self.count += other.count

    def range(self, levels: int = 256) -> tuple[float, float]:
        """Returns the extremes as they are."""
        self.require_some()
        return self._min, self._max

    def numbers(self) -> dict[str, Any]:
        """The extremes; none where nothing was seen, as JSON has no infinity."""
        return {"min": self._min, "max": self._max} if self.count else {}

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Takes the extremes back."""
        self._min = numbers.get("min", math.inf)
        self._max = numbers.get("max", -math.inf)
