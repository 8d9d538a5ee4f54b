"""What a check of samples is: it sees each sample once, in order, and remembers a fixed amount."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from intact.data.doctor.finding import MOST_NAMED, Finding
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.port import Port
from intact.ir.stored import takes_reals
from intact.ir.types import Array


@dataclass(frozen=True)
class Subject:
    """What samples are checked against.

    Args:
        model: float or quantized.
        graph: which of its graphs they are for.
        ports: its inputs, in the graph's order.
        count: samples there are.
    """

    model: Model
    graph: Graph
    ports: Sequence[Port]
    count: int

    @property
    def inputs(self) -> dict[str, Value]:
        """Returns the graph's inputs by the names of the ports."""
        return {port.name: value for port, value in zip(self.ports, self.graph.inputs, strict=True)}

    @property
    def real(self) -> list[Port]:
        """Returns the inputs that take real numbers: floats, and integers that stand for them."""
        return [p for p in self.ports if p.type.dtype.is_float or takes_reals(p.type)]


class Check(ABC):
    """Base of all checks.

    Args:
        subject: the model and its inputs.
    Class attributes:
        about: what it tells, a clause for notes on why it could not.
    Raises:
        EngineError: as `see` does, where LiteRT fails; the check is then left out.
    """

    about: ClassVar[str] = "what the network makes of the samples"

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    @abstractmethod
    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Sees a sample.

        Args:
            label: what the sample is called.
            arrays: by input name, in the input's shape, finite; real numbers where the input stands for them.
        """

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """Yields what is wrong with the samples that were seen."""

    def notes(self) -> Iterator[str]:
        """Yields what could not be told, and why."""
        yield from ()


@dataclass
class Named:
    """Samples of which something holds: the labels of the first, and how many there are."""

    labels: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, label: str) -> None:
        """Counts a sample."""
        self.count += 1
        if len(self.labels) < MOST_NAMED:
            self.labels.append(label)


@dataclass
class Extent:
    """Smallest and largest number seen."""

    low: float = np.inf
    high: float = -np.inf

    def see(self, array: Array) -> None:
        """Sees an array."""
        if array.size:
            self.low, self.high = min(self.low, float(array.min())), max(self.high, float(array.max()))

    @property
    def largest(self) -> float:
        """Returns the largest magnitude."""
        return max(abs(self.low), abs(self.high))

    def __str__(self) -> str:
        return f"[{self.low:.4g}, {self.high:.4g}]"


def spread(total: int, count: int) -> frozenset[int]:
    """Returns at most `count` positions, evenly spread over `total`."""
    return frozenset((2 * i + 1) * total // (2 * count) for i in range(count))
