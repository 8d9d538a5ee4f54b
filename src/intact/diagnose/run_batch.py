"""run_batch: a model on many samples, prepared once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from intact.arith.profile import Profile
from intact.diagnose.feeds import Inputs, feeds
from intact.diagnose.labels import labels
from intact.diagnose.run import Run, outputs_of
from intact.engines.exact import Exact
from intact.engines.islands import Island
from intact.errors import require_count, require_type
from intact.ir.model import Model
from intact.ir.port import entry_point, input_names, output_names

_AT_ONCE: Final = 32
"""Samples a thread that are in memory together."""


def run_batch(
    model: Model,
    samples: Iterable[Inputs],
    *,
    profile: Profile | str = "litert-reference",
    threads: int = 1,
    signature: str | None = None,
) -> Iterator[Run]:
    """Returns an iterator over what `run` of the exact engine gives for each sample, one after the other.

    Variables go on from one sample to the next. Where there are none, samples are shared out among the threads, some 32
    for each at a time; the integers do not depend on it.

    Args:
        samples: arrays or files by input name, or a Sample, as for `run`; taken as they are needed.
        profile: whose arithmetic: a Profile, its name, or the path of one.
        threads: that share the work.
        signature: key of the entry point to run, with its names; subgraph 0 where None.
    Raises:
        What `run` does; what is wrong with a sample when it is reached.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    require_count("threads", threads)
    entry = None if signature is None else entry_point(model, signature)
    graph = model.main if entry is None else entry.graph
    engine = Exact(model, profile, graph=graph, threads=threads)
    inputs, outputs = input_names(model, graph, entry), output_names(model, graph, entry)
    classes = labels(model)
    on_litert = sum(len(s.nodes) for s in engine.steps[graph] if isinstance(s, Island))

    def results() -> Iterator[Run]:
        waiting = iter(samples)
        while some := list(islice(waiting, _AT_ONCE * threads)):
            given = [feeds(sample, inputs, model, graph) for sample in some]
            fed = [{p.name: a for p, a in zip(engine.inputs, arrays, strict=True)} for arrays, _ in given]
            for found, (_, notes) in zip(engine.run_batch(fed), given, strict=True):
                made = outputs_of(outputs, classes, list(found.values()))
                yield Run("exact", engine.profile, made, on_litert=on_litert, notes=notes)

    return results()
