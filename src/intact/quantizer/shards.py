"""Samples in chunks, each observed by itself by whoever is free, put together in order."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Final

from intact.arith import affine
from intact.arith.statistics import summary
from intact.data.samples import Sample
from intact.engines.litert import Session
from intact.errors import IntactError, QuantError
from intact.ir.graph import Graph, Value
from intact.ir.types import Array, DType
from intact.observe.observer import Observer, observer
from intact.quantizer.work import Chunk, Job, Task, digest

_HERE: Final = threading.local()


@dataclass(frozen=True)
class Observed:
    """What was seen in some chunks.

    Args:
        seen: what saw values, by the values' position in their graph.
        digests: SHA-256 over the samples of each chunk; none where nobody asked.
    """

    seen: dict[int, Observer]
    digests: list[str]


def observed_values(graph: Graph) -> list[Value]:
    """Returns the float values of a graph that are computed or fed, in file order; no constants, no variables."""
    computed = {v for node in graph.nodes for v in node.outputs} | set(graph.inputs)
    return [v for v in graph.values if v in computed and v.dtype == DType.FLOAT32 and not v.is_variable]


def observe(task: Task) -> Observed:
    """Returns observers that have seen the samples of a task.

    Raises:
        EngineError, DataError, QuantError: naming the sample.
    """
    total: dict[int, Observer] = {}
    digests = []
    for chunk in task.chunks:
        samples: list[Sample] = []
        merge(total, _observe_chunk(task, chunk, samples))
        if task.job.digests:
            digests.append(digest(samples))
    return Observed(total, digests)


def _observe_chunk(task: Task, chunk: Chunk, samples: list[Sample]) -> dict[int, Observer]:
    job = task.job
    session, positions = _session(job)
    seen = {value: observer(job.others.get(p, job.observe)) for value, p in positions.items()}
    for index in range(*chunk):
        sample = task.sample(index)
        with naming(sample):
            session.run(sample.arrays)
            session.visit(lambda value, array: _update(seen[value], value, array))
        if job.digests:
            samples.append(sample)
    return {positions[value]: one for value, one in seen.items() if one.count}


def merge(total: dict[int, Observer], later: dict[int, Observer]) -> None:
    """Adds what was seen later to what was seen."""
    for position, seen in later.items():
        if position in total:
            total[position].merge(seen)
        else:
            total[position] = seen


def in_order(work: Iterator[Task], executor: Executor | None, ahead: int) -> Generator[tuple[Task, Observed]]:
    """Yields each task with what it observed, in the order of the tasks.

    Args:
        executor: does the work; this thread where None.
        ahead: tasks that may be under way at once, which bounds what waits in memory.
    """
    if executor is None:
        for task in work:
            yield task, observe(task)
        return
    waiting: deque[tuple[Task, Future[Observed]]] = deque()
    try:
        for task in work:
            waiting.append((Task(task.job, task.chunks), executor.submit(observe, task)))
            if len(waiting) >= ahead:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        for _, future in waiting:
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
