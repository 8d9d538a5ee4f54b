"""What an observer is: the statistic of one value over all samples, in fixed memory."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from intact.arith.statistics import summary
from intact.errors import QuantError, UsageError
from intact.ir.types import Array

_REGISTRY: Final[dict[str, type[Observer]]] = {}


class Observer(ABC):
    """Base of all observers. A subclass with a `name` registers itself.

    Arrays are seen by one observer or by several that are merged: the range is the same, whatever the order; of those
    that are `ordered`, when they are merged in order. tests/laws/test_observers.py holds every observer to this.

    Class attributes:
        name: what users call it.
        about: what its range is, a clause for users.
        by_record: each array is what one sample made, and counts as one.
        ordered: the order in which arrays come plays a part.
    Attributes:
        count: elements seen.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    by_record: ClassVar[bool] = False
    ordered: ClassVar[bool] = False
    count: int = 0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" in cls.__dict__:
            _REGISTRY[cls.name] = cls

    def update(self, array: Array, ends: tuple[float, float] | None = None) -> None:
        """Sees an array.

        Args:
            array: float32, any shape. An empty one changes nothing.
            ends: its smallest and its largest number where they are known, both finite; they are looked for where None.
        Raises:
            QuantError: E403 for NaN and infinity; the observer is then as it was before.
        """
        if array.size == 0:
            return
        self.take(array, *(extremes(array) if ends is None else ends))
        self.count += array.size

    @abstractmethod
    def take(self, array: Array, low: float, high: float) -> None:
        """Remembers what counts of an array.

        Args:
            array: float32, any shape, not empty, all finite.
            low, high: its smallest and its largest number.
        """

    @abstractmethod
    def merge(self, other: Self) -> None:
        """Sees everything the other has seen, after what it saw itself. The other stays as it is."""

    @abstractmethod
    def range(self, levels: int = 256) -> tuple[float, float]:
        """Returns the smallest and largest real number that are to be told apart.

        Args:
            levels: how many numbers there are to tell them apart by: 256 of 8 bits.
        Raises:
            QuantError: E403 where nothing was seen.
        """

    @abstractmethod
    def numbers(self) -> dict[str, Any]:
        """Returns what it remembers besides `count`, in types JSON has."""

    @abstractmethod
    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Remembers what `numbers` returned."""

    def state(self) -> dict[str, Any]:
        """Returns all it remembers, in types JSON has; from_state makes an equal observer of it."""
        return {"observer": self.name, "count": self.count, **self.numbers()}

    @staticmethod
    def from_state(state: Mapping[str, Any]) -> Observer:
        """Returns the observer whose state this was.

        Raises:
            UsageError: E003 for an observer that there is not.
            ValueError, KeyError, TypeError and the like: for anything that is no state of it.
        """
        restored = observer(state["observer"])
        restored.count = state["count"]
        restored.restore(state)
        if restored.count < 0 or restored.state() != dict(state):
            raise ValueError("its parts do not fit each other")
        return restored

    def require_some(self) -> None:
        """Raises E403 where nothing was seen."""
        if self.count == 0:
            raise QuantError("no number was observed", code="E403", expected="at least one sample that reaches it")


def extremes(array: Array) -> tuple[float, float]:
    """Returns the smallest and the largest number of a float32 array that is not empty.

    Raises:
        QuantError: E403 for NaN and infinity.
    """
    found = summary(array)
    bad = found.nans + found.infinities
    if bad:
        raise QuantError(
            f"{bad} of {array.size} observed numbers are NaN or infinite", code="E403", expected="finite numbers"
        )
    return found.min, found.max


def observer(name: str) -> Observer:
    """Returns a new observer of the kind of that name.

    Raises:
        UsageError: E003, with the names there are.
    """
    if not isinstance(name, str) or name not in _REGISTRY:
        near = difflib.get_close_matches(str(name), observer_names(), 1)
        raise UsageError(
            f"there is no observer {name!r}",
            expected="one of " + ", ".join(observer_names()),
            fix=f"Perhaps '{near[0]}' is meant" if near else None,
        )
    return _REGISTRY[name]()


def observer_names() -> list[str]:
    """The kinds of observer there are; complete once `intact.observe` is imported."""
    return sorted(_REGISTRY)
