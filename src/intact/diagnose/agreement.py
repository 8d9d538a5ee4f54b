"""Whether samples agree with the range of real numbers that a contract has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from intact.data.samples import Samples
from intact.ir.stored import real, takes_reals
from intact.ir.types import Array, TensorType

MOST_OUTSIDE: Final = 1e-3
"""Part of the numbers that may lie outside before samples disagree."""

LEAST_SHARED: Final = 0.6
"""Part of both ranges together that they must share: pixels of 0 to 1 share half of -1 to 1."""


@dataclass(frozen=True)
class Room:
    """A range of real numbers that somebody says an input has.

    Args:
        name: who says so.
        low, high: real numbers.
        step: distance of two neighbouring integers; half of it outside is rounding.
        of_file: True for the scale and zero point of the file itself.
    """

    name: str
    low: float
    high: float
    step: float
    of_file: bool


@dataclass(frozen=True)
class Agreement:
    """How samples lie in a range.

    Args:
        name: whose range it is.
        of_file: True for the scale and zero point of the file itself.
        low, high: the range.
        outside: part of the numbers that lie outside and would be clamped, from 0 to 1.
        shared: what both ranges share, as a part of what they cover together, from 0 to 1.
    """

    name: str
    of_file: bool
    low: float
    high: float
    outside: float
    shared: float

    @property
    def holds(self) -> bool:
        """Whether the samples agree with it."""
        return self.outside <= MOST_OUTSIDE and self.shared >= LEAST_SHARED

    def __str__(self) -> str:
        verdict = "agree" if self.holds else "disagree"
        return (
            f"samples {verdict} with the {self.name}: {self.outside:.2%} of the numbers are outside "
            f"[{self.low:.6g}, {self.high:.6g}], the ranges share {self.shared:.0%}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain data."""
        return {**asdict(self), "holds": self.holds}


@dataclass(frozen=True)
class Seen:
    """What samples hold for an input: smallest and largest real number, and how these lie in each range."""

    low: float
    high: float
    agreements: tuple[Agreement, ...]


def hold_against(samples: Samples, rooms: Mapping[str, Sequence[Room]]) -> dict[str, Seen]:
    """Returns what samples hold for each input, in one pass over them.

    Numbers of an input's own quantized type stand for reals; all others are reals themselves.

    Args:
        rooms: by input name, the ranges to hold them against.
    Raises:
        DataError: a sample cannot be read, or holds NaN or infinity.
    """
    types = {port.name: port.type for port in samples.ports}
    ends = dict.fromkeys(types, (np.inf, -np.inf))
    outside = {name: [0] * len(rooms.get(name, ())) for name in types}
    total = dict.fromkeys(types, 0)
    for index in range(len(samples)):
        for name, array in samples.raw(index).items():
            numbers = _reals(array, types[name])
            total[name] += numbers.size
            if not numbers.size:
                continue
            low, high = float(numbers.min()), float(numbers.max())
            ends[name] = min(ends[name][0], low), max(ends[name][1], high)
            for place, room in enumerate(rooms.get(name, ())):
                below, above = room.low - room.step / 2, room.high + room.step / 2
                if low < below or high > above:
                    outside[name][place] += int(np.count_nonzero((numbers < below) | (numbers > above)))
    found = {}
    for name, (low, high) in ends.items():
        counted = zip(rooms.get(name, ()), outside[name], strict=True)
        held = tuple(_agreement(room, low, high, count / max(total[name], 1)) for room, count in counted)
        found[name] = Seen(low, high, held)
    return found


def _agreement(room: Room, low: float, high: float, outside: float) -> Agreement:
    together = max(high, room.high) - min(low, room.low)
    shared = max(min(high, room.high) - max(low, room.low), 0.0) / together if together > 0 else 1.0
    return Agreement(room.name, room.of_file, room.low, room.high, outside, shared)


def _reals(array: Array, type: TensorType) -> Array:
    if takes_reals(type) and array.dtype == type.dtype.numpy:
        return real(array, type)
    return np.asarray(array, np.float64) if array.dtype.kind != "f" else array
