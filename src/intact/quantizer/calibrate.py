"""Runs a float model on samples and observes the range of every value it computes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from intact.data.described_merge import Given
from intact.data.for_model import open_for
from intact.data.samples import Samples
from intact.engines.probe import probe
from intact.errors import QuantError, UsageError, require_count, require_type
from intact.ir.graph import Graph
from intact.ir.kind import quantization
from intact.ir.model import Model
from intact.ir.port import Port, entry_point, input_names, ports
from intact.ir.verify import check
from intact.observe.min_max import MinMax
from intact.observe.observer import Observer, observer
from intact.observe.ranges import Ranges
from intact.quantizer.checkpoint import Basis, Checkpoint
from intact.quantizer.choose import observers_of
from intact.quantizer.prepare import expand
from intact.quantizer.recipe import Recipe
from intact.quantizer.recipe_file import open_recipe
from intact.quantizer.shards import in_order, merge, naming
from intact.quantizer.stability import Stability
from intact.quantizer.work import TASKS, Job, tasks

Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]


def calibrate(
    model: Model,
    data: Any,
    *,
    observe: str | None = None,
    recipe: str | os.PathLike[str] | Recipe | None = None,
    signature: str | None = None,
    threads: int = 1,
    workers: int = 1,
    executor: Executor | None = None,
    until_stable: float | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    keep_checkpoint: bool = False,
    isolate: bool = True,
    progress: Progress | None = None,
) -> Ranges:
    """Returns the ranges of a float model's values over samples, and how images and sounds among them were read.

    Samples are observed in chunks that are put together in their order, so the result is the same for any number of
    workers. A model that keeps state between calls keeps it between samples, as it would on the device: its samples
    run one after the other. Infinite values, and what stands for them, do not count: they are padding that saturates.

    Args:
        model: a float model.
        data: samples, or anything data.open_samples takes: a folder, a file, arrays, dictionaries.
        observe: name of the observer; None: the recipe's, or min-max.
        recipe: what the ranges are for; its scopes may have observers of their own.
        signature: key of the entry point the samples are for; the main graph where None.
        threads: threads for LiteRT, of each worker.
        workers: how many samples run at the same time, in threads of this process.
        executor: runs chunks in place of `workers` threads; of processes or of a cluster, for example.
        until_stable: stop once no range has moved by more than this part of its width for 32 samples.
        checkpoint: file to go on from where it is there, and to save what is known to meanwhile; it is removed at the
            end. A model that keeps state starts anew.
        keep_checkpoint: leave that file, complete, to be removed when the ranges are saved.
        isolate: run the first sample in a process of its own before all, because LiteRT dies of some broken models.
        progress: wraps what counts the samples to show how far the work is.
    Raises:
        QuantError: E401 where the model is already quantized, E402 for a checkpoint of something else, E403 where a
            value is NaN.
        ModelError: the model breaks an invariant, which LiteRT may not notice and die of.
        DataError: a sample is not what the model takes.
        EngineError: LiteRT cannot run the model.
        UsageError: E003 for an unknown observer or recipe, or a number that makes no sense.
    """
    require_type(model, Model, "intact.load(path) reads one")
    _require_sense(threads, workers, executor, until_stable)
    wanted = open_recipe(recipe) if recipe is not None else None
    name = observer_name(observe, wanted)
    refuse_quantized(model)
    check(model)
    users, model = model, expand(model)
    graph = graph_of(model, signature)
    special = observers_of(wanted, users, model) if wanted else {}
    others = {p: special[v] for p, v in enumerate(graph.values) if v in special and special[v] != name}
    samples = open_inputs(model, graph, data)
    first = samples[0]
    if isolate:
        with naming(first):
            probe(model, first.arrays, graph)
    remembers = any(v.is_variable for g in model.graphs for v in g.values)
    alone = remembers or (executor is None and workers == 1)
    position = model.graphs.index(graph)
    saves = checkpoint is not None and not remembers
    job = Job(model, position, samples, name, threads, captures=alone, digests=saves, others=others)
    saved = Checkpoint(checkpoint, Basis.of(model, position, samples, job.observers)) if checkpoint and saves else None
    far = executor is not None and not isinstance(executor, ThreadPoolExecutor)
    with _pool(executor, 1 if alone else workers) as pool:
        # What is done in other processes is few tasks, which may all wait.
        ahead = TASKS if executor is not None else workers * 2
        observers, count = _observe(job, None if alone else pool, ahead, far, saved, until_stable, progress)
    if saved is not None and not keep_checkpoint:
        saved.remove()
    found = Ranges.of(model, graph, {graph.values[p]: seen for p, seen in observers.items()}, count)
    return found.describe(model, graph, samples.described)


def _observe(
    job: Job,
    executor: Executor | None,
    ahead: int,
    far: bool,
    saved: Checkpoint | None,
    until_stable: float | None,
    progress: Progress | None,
) -> tuple[dict[int, Observer], int]:
    """Returns observers that have seen the samples, by position of their values, and how many samples that were."""
    assert job.samples is not None
    done, observers = saved.load(job) if saved else (0, {})
    stability = None if until_stable is None else Stability(until_stable, **(saved.stability if saved else {}))
    # A run that is cut off between its last chunk and its end has nothing left to do.
    chunks = [] if stability is not None and stability.reached else job.chunks(done)
    total = len(job.samples)
    counter = iter(progress(range(done, total), total - done, "calibrate") if progress else range(done, total))
    found = in_order(tasks(job, chunks, far=far, single=stability is not None), executor, ahead)
    with contextlib.closing(found):
        for task, part in found:
            merge(observers, part.seen)
            for _ in range(done, task.chunks[-1][1]):
                next(counter)
            done = task.chunks[-1][1]
            stable = stability is not None and stability.holds(observers)
            if saved:
                saved.add(part.digests)
                saved.save(done, observers, stability)
            if stable:
                break
        else:
            next(counter, None)  # lets the bar know that this was all
    if saved:
        saved.save(done, observers, stability, now=True)
    return observers, done


@contextlib.contextmanager
def _pool(executor: Executor | None, workers: int) -> Iterator[Executor | None]:
    if executor is not None or workers == 1:
        yield executor
        return
    with ThreadPoolExecutor(workers) as own:
        yield own


def observer_name(asked: str | None, recipe: Recipe | None) -> str:
    """Returns the name of the observer of all values that no scope of a recipe has another for.

    Raises:
        UsageError: E003 for an unknown one.
    """
    return observer(asked or (recipe.observer if recipe else None) or MinMax.name).name


def _require_sense(threads: int, workers: int, executor: Executor | None, until_stable: float | None) -> None:
    require_count("threads", threads)
    require_count("workers", workers)
    if executor is not None and not hasattr(executor, "submit"):
        raise UsageError(f"the executor is a {type(executor).__name__}", expected="one as concurrent.futures has them")
    if until_stable is not None and not (isinstance(until_stable, int | float) and 0 <= until_stable < 1):
        raise UsageError(
            f"ranges are to be stable to {until_stable} of their width", expected="a part of 1, such as 0.001"
        )


def refuse_quantized(model: Model) -> None:
    """Raises E401 for a model whose numbers are integers already. Weights stored as float16 are floats."""
    found = quantization(model)
    if found not in ("none", "float16 weights"):
        raise QuantError(
            f"the model is already quantized: {found}",
            code="E401",
            expected="a float32 model",
            where=model.source,
            fix="Start from the float model it was made of",
        )


def graph_of(model: Model, signature: str | None) -> Graph:
    """Returns the graph of a signature key, the main one for None.

    Raises:
        UsageError: E004.
    """
    return model.main if signature is None else entry_point(model, signature).graph


def open_inputs(model: Model, graph: Graph, data: Any, given: Given = ()) -> Samples:
    """Returns samples for the inputs of a graph.

    Args:
        given: what the user says of inputs that take images or sound; the model fills in the rest.
    Raises:
        DataError: E301 where there are none.
        UsageError: E004 for a description of an input that there is not.
    """
    return open_for(model, graph, data, given)


def model_inputs(model: Model, graph: Graph) -> list[Port]:
    """Returns the inputs of a graph as users name them."""
    return ports(input_names(model, graph))
