"""Many samples at once: in one program of kernels, in threads of Python, or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING

from intact.engines.islands import Island
from intact.engines.plan import reached
from intact.ir.types import Array

if TYPE_CHECKING:
    from intact.engines.exact import Exact


def run_batch(engine: Exact, samples: Sequence[list[Array]]) -> list[list[Array]]:
    """Returns the outputs of each sample, in order; for any number of threads what they are one after the other."""
    found: list[list[Array]] = []
    for _, group in groupby(samples, lambda arrays: [a.shape for a in arrays]):
        alike = list(group)
        whole = engine.whole(alike[0])
        if whole is not None:
            found += whole(alike)
        elif engine.threads > 1 and len(alike) > 1 and is_stateless(engine):
            with ThreadPoolExecutor(engine.threads) as threads:
                found += threads.map(engine.one_of_many, alike)
        else:
            found += [engine.call(engine.graph, arrays) for arrays in alike]
    return found


def is_stateless(engine: Exact) -> bool:
    """True where no run leaves anything for the next, or for another at the same time.

    An island does: LiteRT runs one sample at a time, in memory of its own. Control flow may: it has resources.
    """
    return not any(
        isinstance(step, Island) or step.node.op.controls or step.node.op.updates
        for graph in reached(engine.graph)
        for step in engine.steps[graph]
    )
