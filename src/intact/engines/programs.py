"""The programs of C kernels of an engine: made for the shapes that arrive, kept, and run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from intact.engines.compiled import Compiled, compile_steps
from intact.engines.contents import Contents
from intact.engines.islands import Island
from intact.engines.plan import Step, nodes_of
from intact.engines.settled import Arrivals, Case, settled
from intact.engines.watch import NOBODY, Watch
from intact.ir.graph import Graph, Node, Value
from intact.ir.types import Array
from intact.native.library import Library
from intact.native.threads import Pool

Compute = Callable[[Node, Sequence[Array | None], Watch], list[Array]]
"""Returns the results of a node for its operands."""

_SHAPES: Final = 4
"""Shapes of inputs that kernels are kept ready for."""


class Programs:
    """What C kernels do of a model. `pool` has the threads.

    Args:
        library: whose kernels.
        threads: that share their work.
        steps: of each graph.
        contents: of what no run computes.
    """

    def __init__(
        self, library: Library, threads: int, steps: Mapping[Graph, Sequence[Step]], contents: Contents
    ) -> None:
        self._library = library
        self.pool = Pool(library, threads)
        self._steps = steps
        self._settled = {graph: settled(graph, listed) for graph, listed in steps.items()}
        self._contents = contents
        self._made: dict[object, list[tuple[Case, Compiled | None]]] = {}

    def get(
        self, graph: Graph, index: int, known: Mapping[Value, Array], watch: Watch = NOBODY, most: int | None = None
    ) -> Compiled | None:
        """Returns the steps from one on that kernels do, so many at most; None where they do not do the first."""
        step = self._steps[graph][index]
        if isinstance(step, Island):
            if watch.visit is not None or not self._settled[graph].issuperset(step.makes):
                return None
        elif step.node in watch.trace:
            return None
        if watch.trace:
            most = 1  # what is traced may be any of the steps that follow
        made = self._made.setdefault((graph, index, most), [])

        def of(value: Value) -> Array:
            return self._contents.of(value, known)

        for case, compiled in made:
            if case.is_met(of):
                return compiled
        arrivals = Arrivals(of, self._settled[graph])
        compiled = compile_steps(self._library, graph, self._steps[graph], index, arrivals, most)
        del made[: -_SHAPES + 1]
        made.append((arrivals.case, compiled))
        return compiled

    def made(self) -> list[Compiled]:
        """Returns the programs that runs have made so far."""
        return [c for made in list(self._made.values()) for _, c in list(made) if c is not None]

    def run(self, program: Compiled, known: dict[Value, Array], watch: Watch, compute: Compute) -> None:
        """Adds what a program makes to what is known, and updates variables.

        Args:
            compute: applies a node in NumPy, for what kernels leave to it.
        """
        pool = self.pool if watch.alone else None
        inputs = [_readable(self._contents.of(v, known)) for v in program.reads]
        if watch.spent is None:
            results = program.program.once(inputs, pool)
        else:
            results, taken = program.program.timed(inputs, pool)
            for node, seconds in taken:
                watch.spent([node] if isinstance(node, Node) else [], "kernels", seconds)
            for step in program.idle:
                watch.spent(nodes_of(step), "kernels", 0.0)
        self._settle(program, results, known, watch, compute)

    def run_all(self, program: Compiled, samples: Sequence[dict[Value, Array]], compute: Compute) -> None:
        """Adds what a program makes to what is known of each sample; the threads share out the samples."""
        inputs = [[_readable(self._contents.of(v, known)) for v in program.reads] for known in samples]
        for known, results in zip(samples, program.program.run(inputs, self.pool), strict=True):
            self._settle(program, results, known, NOBODY, compute)

    def _settle(
        self,
        program: Compiled,
        results: Sequence[Array],
        known: dict[Value, Array],
        watch: Watch,
        compute: Compute,
    ) -> None:
        """Adds what kernels made to what is known; where they have doubts, what NumPy makes of it, which may refuse."""
        made, changed = len(program.makes), len(program.makes) + len(program.updates)
        if any(doubts.any() for doubts in results[changed:]):
            for step in program.steps:
                if isinstance(step, Island):
                    step.run(known)
                else:
                    found = compute(step.node, self._contents.operands(step.node, known), watch)
                    known.update(zip(step.node.outputs, found, strict=True))
            return
        known.update(zip(program.makes, results[:made], strict=True))
        self._contents.keep(dict(zip(program.updates, results[made:changed], strict=True)))


def _readable(array: Array) -> Array:
    flags = array.flags
    return array if flags.c_contiguous and flags.aligned else np.require(array, None, ["C", "A"])
