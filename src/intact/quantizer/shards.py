"""Samples in chunks, each observed by itself by whoever is free, put together in order."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, Final

from intact.arith import affine
from intact.arith.statistics import summary
from intact.data.samples import Sample, Samples
from intact.engines.litert import Session
from intact.errors import IntactError, QuantError
from intact.formats.tflite import to_bytes
from intact.formats.tflite.reader import read
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.types import Array, DType
from intact.observe.observer import Observer, observer

CHUNK: Final = 8
"""Samples that are observed at once: results, and so what is saved of a run that is cut off, come in these."""

_HERE: Final = threading.local()

Seen = dict[int, Observer]
"""What saw values, by the values' position in their graph."""


@dataclass(frozen=True)
class Job:
    """What a worker must know; it can be sent to another process, the model as its file then.

    Args:
        model: runs in float.
        graph: which of its graphs.
        samples: all of them.
        observe: name of the observer.
        others: names of the observers of values, by position, that have another.
        threads: for LiteRT, of each worker.
        captures: as Session has it.
        key: tells jobs apart, so that a worker loads the model once.
    """

    model: Model
    graph: int
    samples: Samples
    observe: str
    threads: int = 1
    captures: bool = True
    others: Mapping[int, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "model": (to_bytes(self.model), self.model.source)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        content, source = state["model"]
        vars(self).update({**state, "model": read(memoryview(content), source)})

    @property
    def observers(self) -> str:
        """All observers, as one text that tells jobs apart."""
        return self.observe + "".join(f", {p}: {name}" for p, name in sorted(self.others.items()))

    def chunks(self, done: int = 0) -> list[tuple[int, int]]:
        """Returns the first sample of each chunk and the one after its last, those that are done left out."""
        return [(i, min(i + CHUNK, len(self.samples))) for i in range(done, len(self.samples), CHUNK)]


def observed_values(graph: Graph) -> list[Value]:
    """Returns the float values of a graph that are computed or fed, in file order; no constants, no variables."""
    computed = {v for node in graph.nodes for v in node.outputs} | set(graph.inputs)
    return [v for v in graph.values if v in computed and v.dtype == DType.FLOAT32 and not v.is_variable]


def observe_chunk(job: Job, begin: int, end: int) -> Seen:
    """Returns observers that have seen the samples from begin on to before end.

    Raises:
        EngineError, DataError, QuantError: naming the sample.
    """
    session, positions = _session(job)
    seen = {value: observer(job.others.get(p, job.observe)) for value, p in positions.items()}
    for index in range(begin, end):
        sample = job.samples[index]
        with naming(sample):
            session.run(sample.arrays)
            session.visit(lambda value, array: _update(seen[value], value, array))
    return {positions[value]: one for value, one in seen.items() if one.count}


def in_order(job: Job, chunks: list[tuple[int, int]], executor: Executor | None, ahead: int) -> Generator[Seen]:
    """Yields the observers of each chunk, in the order of the chunks.

    Args:
        executor: does the work; this thread where None.
        ahead: chunks that may be under way at once, which bounds what waits in memory.
    """
    if executor is None:
        for begin, end in chunks:
            yield observe_chunk(job, begin, end)
        return
    waiting: deque[Future[Seen]] = deque()
    left = iter(chunks)
    try:
        for begin, end in left:
            waiting.append(executor.submit(observe_chunk, job, begin, end))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _session(job: Job) -> tuple[Session, dict[Value, int]]:
    """Returns this thread's session of a job, with the position of each observed value."""
    if getattr(_HERE, "key", None) != job.key:
        graph = job.model.graphs[job.graph]
        values = observed_values(graph)
        index = graph.indices()
        _HERE.session = Session(job.model, graph, threads=job.threads, observe=values, captures=job.captures)
        _HERE.positions = {v: index[v] for v in values}
        _HERE.key = job.key
    return _HERE.session, _HERE.positions


def _update(seen: Observer, value: Value, array: Array) -> None:
    if array.size == 0:
        return
    found = summary(array)
    if found.nans:
        raise QuantError(
            f"value '{value.name}' becomes NaN",
            expected="finite numbers throughout the float model",
            fix="Look at the sample, or at the operator that makes the value",
        )
    limit = affine.STANDS_FOR_INFINITY
    if not found.infinities and -limit < found.min and found.max < limit:
        seen.update(array, (found.min, found.max))
    else:
        seen.update(affine.finite_part(array))


@contextlib.contextmanager
def naming(sample: Sample) -> Iterator[None]:
    """Names the sample in errors that arise while it runs."""
    try:
        yield
    except IntactError as fault:
        if fault.code != "E501":  # that one is about the model alone
            fault.at(f"sample {sample.label}")
        raise
