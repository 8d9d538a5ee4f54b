"""check_data: what is wrong with samples for a model, before anything is calibrated on them."""

from __future__ import annotations

from typing import Any

from intact.data.doctor.examine import QUICK, THOROUGH, Diagnosis, Progress, examine
from intact.data.doctor.finding import Finding
from intact.data.samples import Sample, Samples
from intact.engines.probe import probe
from intact.errors import DataError, EngineError, require_type
from intact.ir.kind import quantization
from intact.ir.model import Model
from intact.ir.verify import check as check_model
from intact.quantizer.calibrate import graph_of, open_inputs


def check_data(
    model: Model,
    data: Any,
    *,
    signature: str | None = None,
    quick: bool = False,
    refuses: bool = False,
    isolate: bool = True,
    progress: Progress | None = None,
) -> Diagnosis:
    """Returns what is wrong with samples for a model: what calibration refuses, and what it should be warned of.

    Checks that run the network are for float models that LiteRT runs; others get the rest, and the notes say so.

    Args:
        data: samples, or anything data.open_samples takes.
        signature: key of the entry point the samples are for; the main graph where None.
        quick: leave out the checks that run the whole network, as `intact calibrate` and `intact quantize` do.
        refuses: raise what is refused, rather than list it.
        isolate: run the first sample in a process of its own before all, because LiteRT dies of some broken models.
        progress: wraps what counts the samples to show how far the work is.
    Raises:
        ModelError: the model breaks an invariant.
        DataError: E301 to E306 with `refuses`.
        UsageError: E001 for a path that is not there, E004 for an unknown signature.
    """
    require_type(model, Model, "intact.load(path) reads one")
    check_model(model)
    graph = graph_of(model, signature)
    try:
        samples = open_inputs(model, graph, data)
    except DataError as fault:
        if refuses:
            raise
        return Diagnosis(0, tuple(Finding.refused([fault, *fault.also.values()])))
    if quick:
        return examine(model, graph, samples, QUICK, refuses=refuses, progress=progress)
    why = None
    if quantization(model) not in ("none", "float16 weights"):
        why = "the model is quantized; the float model tells more"
    elif isolate and (first := _readable(samples)) is not None:
        try:
            probe(model, first.arrays, graph)
        except EngineError as fault:
            why = fault.problem
    if why is None:
        return examine(model, graph, samples, THOROUGH, refuses=refuses, progress=progress)
    found = examine(model, graph, samples, QUICK, refuses=refuses, progress=progress)
    return Diagnosis(found.samples, found.findings, (f"not checked by running the network: {why}", *found.notes))


def _readable(samples: Samples) -> Sample | None:
    """Returns the first sample that is not refused."""
    for index in range(len(samples)):
        try:
            return samples[index]
        except DataError:
            continue
    return None
