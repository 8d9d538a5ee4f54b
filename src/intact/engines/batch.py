"""Many samples at once: in one program of kernels, in threads of Python, or one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING

from intact.engines.islands import Island
from intact.engines.plan import reached
from intact.engines.ready import whole
from intact.engines.watch import Watch
from intact.ir.graph import Value
from intact.ir.types import Array

if TYPE_CHECKING:
    from intact.engines.exact import Exact


def run_batch(engine: Exact, samples: Sequence[list[Array]]) -> list[list[Array]]:
    """Returns the outputs of each sample, in order; for any number of threads what they are one after the other."""
    found: list[list[Array]] = []
    for _, group in groupby(samples, lambda arrays: [a.shape for a in arrays]):
        alike = list(group)
        run = _whole(engine, alike[0])
        if run is not None:
            found += run(alike)
        elif engine.threads > 1 and len(alike) > 1 and is_stateless(engine):
            with ThreadPoolExecutor(engine.threads) as threads:
                found += threads.map(lambda arrays: engine.call(engine.graph, arrays, Watch(alone=False)), alike)
        else:
            found += [engine.call(engine.graph, arrays) for arrays in alike]
    return found


def _whole(engine: Exact, arrays: list[Array]) -> Callable[[Sequence[list[Array]]], list[list[Array]]] | None:
    """Returns what runs samples in one program of kernels that does the whole graph; None where there is none.

    Args:
        arrays: inputs of the shapes that it is for.
    """
    program, programs = whole(engine, arrays), engine.programs
    graph, contents = engine.graph, engine.contents
    if program is None or programs is None:
        return None

    def run(samples: Sequence[list[Array]]) -> list[list[Array]]:
        given: list[dict[Value, Array]] = [dict(zip(graph.inputs, s, strict=True)) for s in samples]
        programs.run_all(program, given, engine.compute)
        return [[contents.of(v, known) for v in graph.outputs] for known in given]

    return run


def is_stateless(engine: Exact) -> bool:
    """True where no run leaves anything for the next, or for another at the same time.

    An island does: LiteRT runs one sample at a time, in memory of its own. Control flow may: it has resources.
    """
    return not any(
        isinstance(step, Island) or step.node.op.controls or step.node.op.updates
        for graph in reached(engine.graph)
        for step in engine.steps[graph]
    )
