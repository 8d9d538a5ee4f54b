"""The range of one value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from intact.errors import QuantError
from intact.observe.min_max import MinMax
from intact.observe.observer import Observer

Key = tuple[int, int]
"""Graph index and tensor index."""


@dataclass(frozen=True)
class Range:
    """The smallest and largest real number a value takes, as float32 numbers.

    Args:
        name: the value's name.
        count: elements that were observed; 0 where that is not known.
        state: all that an observer remembers, in types JSON has; None for one that remembers no more than this.

    Raises:
        QuantError: E403 for a range that is not finite or ends before it begins.
    """

    name: str
    min: float
    max: float
    count: int = 0
    state: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, name: str, seen: Observer) -> Range:
        """Returns what an observer saw of a value."""
        low, high = seen.range()
        return cls(name, low, high, seen.count, None if isinstance(seen, MinMax) else seen.state())

    def limits(self, levels: int = 256) -> tuple[float, float]:
        """Returns the smallest and the largest number for as many levels as the value will have, as float32 numbers."""
        if self.state is None:
            return self.min, self.max
        low, high = Observer.from_state(self.state).range(levels)
        return float(np.float32(low)), float(np.float32(high))

    @property
    def observer(self) -> str:
        """Name of the observer."""
        return MinMax.name if self.state is None else str(self.state["observer"])

    def merge(self, later: Range) -> Range:
        """Returns the range over what both are of.

        Raises:
            QuantError: E402 where they are of different observers.
        """
        if self.observer != later.observer:
            raise QuantError(
                f"the range of '{short(self.name)}' is of observer '{self.observer}' and of '{later.observer}'",
                code="E402",
                expected="ranges of one observer",
            )
        if self.state is None or later.state is None:
            return Range(later.name, min(self.min, later.min), max(self.max, later.max), self.count + later.count)
        seen = Observer.from_state(self.state)
        seen.merge(Observer.from_state(later.state))
        return Range.of(later.name, seen)

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):
            low, high = float(np.float32(self.min)), float(np.float32(self.max))
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise QuantError(
                f"tensor '{self.name}' has the range [{self.min}, {self.max}]",
                code="E403",
                expected="two finite float32 numbers, the smaller one first",
            )
        object.__setattr__(self, "min", low)
        object.__setattr__(self, "max", high)


def short(name: str) -> str:
    """Returns a name as messages have it."""
    # Converters name a tensor after everything that was fused into it; the front tells them apart.
    return name if len(name) <= 60 else name[:57] + "..."
