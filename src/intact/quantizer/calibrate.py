"""Runs a float model on samples and observes the range of every value it computes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from intact.arith import affine
from intact.data.open_samples import open_samples
from intact.data.samples import Sample, Samples
from intact.engines.litert import Session
from intact.engines.probe import probe
from intact.errors import DataError, IntactError, QuantError, require_type
from intact.ir.graph import Graph, Value
from intact.ir.kind import quantization
from intact.ir.model import Model
from intact.ir.port import Port, entry_point, input_names, ports
from intact.ir.types import DType
from intact.ir.verify import check
from intact.observe.observer import Observer, observer
from intact.observe.ranges import Ranges
from intact.quantizer.prepare import expand

Progress = Callable[[Iterable[Sample], int, str], Iterable[Sample]]


def calibrate(
    model: Model,
    data: Any,
    *,
    observe: str = "min-max",
    signature: str | None = None,
    threads: int = 1,
    isolate: bool = True,
    progress: Progress | None = None,
) -> Ranges:
    """Returns the ranges of a float model's values over samples.

    Samples run one after the other, in order; a model that keeps state between calls keeps it between samples, as it
    would on the device. Infinite values, and what stands for them, do not count: they are padding that saturates.

    Args:
        model: a float model.
        data: samples, or anything data.open_samples takes: a folder, a file, arrays, dictionaries.
        observe: name of the observer.
        signature: key of the entry point the samples are for; the main graph where None.
        threads: threads for LiteRT.
        isolate: run the first sample in a process of its own before all, because LiteRT dies of some broken models.
        progress: wraps the samples to show how far the work is.
    Raises:
        QuantError: E401 where the model is already quantized, E403 where a value is NaN.
        ModelError: the model breaks an invariant, which LiteRT may not notice and die of.
        DataError: a sample is not what the model takes.
        EngineError: LiteRT cannot run the model.
    """
    require_type(model, Model, "intact.load(path) reads one")
    refuse_quantized(model)
    check(model)
    model = expand(model)
    graph = graph_of(model, signature)
    samples = open_inputs(model, graph, data)
    values = observed_values(graph)
    observers: dict[Value, Observer] = {v: observer(observe) for v in values}
    first = samples[0]
    if isolate:
        with naming(first):
            probe(model, first.arrays, graph)
    session = Session(model, graph, threads=threads, observe=values)
    for sample in progress(samples, len(samples), "calibrate") if progress else samples:
        with naming(sample):
            session.run(sample.arrays)
            session.visit(lambda value, array: _update(observers[value], value, array))
    return Ranges.of(model, graph, observers)


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


def open_inputs(model: Model, graph: Graph, data: Any) -> Samples:
    """Returns samples for the inputs of a graph.

    Raises:
        DataError: E301 where there are none.
    """
    samples = data if isinstance(data, Samples) else open_samples(data, model_inputs(model, graph))
    if len(samples) == 0:
        raise DataError("there are no samples", code="E301", expected="at least one")
    return samples


def model_inputs(model: Model, graph: Graph) -> list[Port]:
    """Returns the inputs of a graph as users name them."""
    return ports(input_names(model, graph))


def observed_values(graph: Graph) -> list[Value]:
    """Returns the float values of a graph that are computed or fed, in file order; no constants, no variables."""
    computed = {v for node in graph.nodes for v in node.outputs} | set(graph.inputs)
    return [v for v in graph.values if v in computed and v.dtype == DType.FLOAT32 and not v.is_variable]


def _update(seen: Observer, value: Value, array: Any) -> None:
    if array.size == 0:
        return
    low, high = array.min(), array.max()
    if np.isnan(low) or np.isnan(high):
        raise QuantError(
            f"value '{value.name}' becomes NaN",
            expected="finite numbers throughout the float model",
            fix="Look at the sample, or at the operator that makes the value",
        )
    limit = affine.STANDS_FOR_INFINITY
    seen.update(array if -limit < low and high < limit else affine.finite_part(array))


@contextlib.contextmanager
def naming(sample: Sample) -> Iterator[None]:
    """Names the sample in errors that arise while it runs."""
    try:
        yield
    except IntactError as fault:
        if fault.code != "E501":  # that one is about the model alone
            fault.at(f"sample {sample.label}")
        raise
