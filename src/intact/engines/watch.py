"""Who looks on at a run of the exact engine."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from intact.arith.requantize import See
from intact.ir.graph import Node
from intact.ir.types import Array

Visit = Callable[[Node, Sequence[Array | None], Sequence[Array]], None]
Spent = Callable[[Sequence[Node], str, float], None]
"""Is told of operators, of what ran them ("kernels", "numpy" or "litert"), and of the seconds that it took. No
operators: what a program of kernels does at its borders."""


@dataclass(frozen=True)
class Watch:
    """Who looks on at one run: the arguments of Exact.run and Exact.timed.

    Args:
        alone: no other sample runs meanwhile, so the engine's threads may share the work of kernels.
    """

    visit: Visit | None = None
    trace: Mapping[Node, See] = field(default_factory=dict)
    spent: Spent | None = None
    alone: bool = True

    @contextlib.contextmanager
    def timed(self, nodes: Sequence[Node], where: str) -> Iterator[None]:
        """Tells how long the body took."""
        start = time.perf_counter()
        yield
        if self.spent:
            self.spent(nodes, where, time.perf_counter() - start)


NOBODY: Final = Watch()
