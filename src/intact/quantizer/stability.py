"""When more samples would change nothing: ranges that have stopped moving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from intact.observe.observer import Observer

PATIENCE: Final = 4
"""Chunks in a row that must not move a range."""


@dataclass
class Stability:
    """How far ranges move from one chunk of samples to the next.

    Args:
        tolerance: how far the ends of a range may move and count as where they were, as part of its width.
        ends: of each range, as last seen.
        still: chunks in a row that moved none.
    """

    tolerance: float
    ends: dict[int, tuple[float, float]] = field(default_factory=dict)
    still: int = 0

    def holds(self, observers: Mapping[int, Observer]) -> bool:
        """Returns whether no range has moved for a while, now that another chunk was observed."""
        ends = {position: seen.range() for position, seen in observers.items()}
        moved = ends.keys() != self.ends.keys() or any(
            _moved(self.ends[position], end, self.tolerance) for position, end in ends.items()
        )
        self.ends, self.still = ends, 0 if moved else self.still + 1
        return self.reached

    @property
    def reached(self) -> bool:
        """Whether no range had moved for a while when it was last asked."""
        return self.still >= PATIENCE


def _moved(before: tuple[float, float], after: tuple[float, float], tolerance: float) -> bool:
    allowed = tolerance * (after[1] - after[0])
    return any(abs(a - b) > allowed for a, b in zip(before, after, strict=True))
