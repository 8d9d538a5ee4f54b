"""What workers are given: chunks of samples, with all that is needed to run them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from intact.data.samples import Sample, Samples
from intact.formats.tflite import to_bytes
from intact.formats.tflite.reader import read
from intact.ir.model import Model

CHUNK: Final = 8
"""Samples that are observed at once: results, and so what is saved of a run that is cut off, come in these."""

TASKS: Final = 64
"""Parts that work for other processes comes in; each takes the model along."""

_READ: Final[dict[str, Model]] = {}
"""The model of the job that was received last, by the job's key."""

Chunk = tuple[int, int]
"""The first sample and the one after the last."""


@dataclass(frozen=True)
class Job:
    """What a worker must know; it can be sent to another process, the model as its file then.

    Args:
        model: runs in float.
        graph: which of its graphs.
        samples: all of them; None where a task brings its own.
        observe: name of the observer.
        others: names of the observers of values, by position, that have another.
        threads: for LiteRT, of each worker.
        captures: as Session has it.
        digests: whether samples are hashed.
        key: tells jobs apart, so that a worker loads the model once.
    """

    model: Model
    graph: int
    samples: Samples | None
    observe: str
    threads: int = 1
    captures: bool = True
    digests: bool = False
    others: Mapping[int, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "model": (to_bytes(self.model), self.model.source)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        if state["key"] not in _READ:
            content, source = state["model"]
            _READ.clear()
            _READ[state["key"]] = read(memoryview(content), source)
        vars(self).update({**state, "model": _READ[state["key"]]})

    @property
    def observers(self) -> str:
        """All observers, as one text that tells jobs apart."""
        return self.observe + "".join(f", {p}: {name}" for p, name in sorted(self.others.items()))

    def chunks(self, done: int = 0) -> list[Chunk]:
        """Returns the chunks of samples, those that are done left out."""
        assert self.samples is not None
        return [(i, min(i + CHUNK, len(self.samples))) for i in range(done, len(self.samples), CHUNK)]

    def digest_of(self, chunk: Chunk) -> str:
        """Returns SHA-256 over a chunk's samples."""
        assert self.samples is not None
        return digest(self.samples[i] for i in range(*chunk))


@dataclass(frozen=True)
class Task:
    """Chunks that follow each other.

    Args:
        job: what they are of.
        chunks: in order.
        samples: those of the chunks, already read; None: the job's.
    """

    job: Job
    chunks: Sequence[Chunk]
    samples: Sequence[Sample] | None = None

    def sample(self, index: int) -> Sample:
        """Returns a sample of the job."""
        if self.samples is not None:
            return self.samples[index - self.chunks[0][0]]
        assert self.job.samples is not None
        return self.job.samples[index]


def digest(samples: Iterable[Sample]) -> str:
    """Returns SHA-256 over the arrays of samples."""
    total = hashlib.sha256()
    for sample in samples:
        for name, array in sorted(sample.arrays.items()):
            total.update(name.encode("utf-8", "surrogateescape"))
            total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()


def tasks(job: Job, chunks: Sequence[Chunk], *, far: bool, single: bool) -> Iterator[Task]:
    """Yields the work in order.

    Args:
        far: it is done in other processes, to which as little as possible is sent, in few parts.
        single: each chunk by itself, as somebody looks at the result of each.
    """
    assert job.samples is not None
    size = 1 if single or not far else max(1, -(-len(chunks) // TASKS))
    for first in range(0, len(chunks), size):
        part = chunks[first : first + size]
        if far and job.samples.is_in_memory:
            samples = [job.samples[i] for i in range(part[0][0], part[-1][1])]
            yield Task(replace(job, samples=None), part, samples)
        else:
            yield Task(job, part)
