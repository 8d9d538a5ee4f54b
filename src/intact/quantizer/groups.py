"""Values that must share one scale and zero point, as sets that grow (union-find)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from intact.ir.graph import Value

Range = tuple[float, float]


@dataclass
class Group:
    """Values with common parameters.

    Args:
        range: smallest and largest real number that any of them takes; None while unknown.
        fixed: scale and zero point that a kernel demands for one of them.
        floor: smallest scale that the kernels of all of them take.
    """

    members: list[Value] = field(default_factory=list)
    range: Range | None = None
    fixed: tuple[float, int] | None = None
    floor: float = 0.0

    def raise_floor(self, floor: float) -> bool:
        """Takes a larger floor and returns True; one larger by less than a hundredth counts as equal."""
        if floor <= self.floor * 1.01:
            return False
        self.floor = floor
        return True


class Groups:
    """A partition of values. Every value starts alone, with its own range."""

    def __init__(self, ranges: dict[Value, Range]) -> None:
        self._ranges = ranges
        self._group: dict[Value, Group] = {}

    def of(self, value: Value) -> Group:
        """The group a value is in."""
        if value not in self._group:
            self._group[value] = Group([value], self._ranges.get(value))
        return self._group[value]

    def all(self) -> Iterable[Value]:
        """Every value seen so far."""
        return self._group

    def join(self, a: Value, b: Value) -> None:
        """Lets two values share parameters over the union of their ranges; a fixed scale wins."""
        kept, gone = self.of(a), self.of(b)
        if kept is gone:
            return
        if kept.fixed is None and gone.fixed is not None:
            kept, gone = gone, kept
        kept.range = union(kept.range, gone.range)
        self._move(gone, kept)

    def adopt(self, child: Value, parent: Value) -> None:
        """Lets the group of `child` take the parameters of `parent`'s, whatever its own range."""
        self._move(self.of(child), self.of(parent))

    def _move(self, gone: Group, kept: Group) -> None:
        if gone is kept:
            return
        kept.floor = max(kept.floor, gone.floor)
        for value in gone.members:
            self._group[value] = kept
        kept.members += gone.members


def union(a: Range | None, b: Range | None) -> Range | None:
    """Returns the smallest range that holds both; None is no range."""
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


def holds(outer: Range | None, inner: Range | None, slack: float) -> bool:
    """True where `inner` lies in `outer` and `outer` is wider by at most the factor 1 + slack, both widened to zero."""
    if outer is None or inner is None:
        return False
    (low, high), (a, b) = ((min(r[0], 0.0), max(r[1], 0.0)) for r in (outer, inner))
    return low <= a and b <= high and high - low <= (b - a) * (1 + slack)
