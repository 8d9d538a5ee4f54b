"""Samples for a model, as the Python API opens them, and descriptions put into a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intact.data.described import AudioInput, Described, ImageInput
from intact.data.described_fit import hold_all
from intact.data.described_merge import Given
from intact.data.described_model import keep_described, known_inputs
from intact.data.open_samples import open_samples
from intact.data.samples import Samples
from intact.errors import DataError, UsageError, require_type
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.port import entry_point, input_names, ports

_MODEL = "intact.load(path) reads one"


def samples(
    model: Model,
    data: Any,
    *,
    inputs: Described | Mapping[str, Described] | None = None,
    signature: str | None = None,
) -> Samples:
    """Returns samples for the inputs of a model, which calibrate, compare and the others take in place of data.

    Args:
        data: a path, arrays, dictionaries, an iterable or a generator: docs/data.md.
        inputs: how the pixels of images and the samples of sounds become numbers: an ImageInput or AudioInput, or one
            for each input by name. The model's own description fills in what is left open.
        signature: key of the entry point; the main graph where None.
    Raises:
        UsageError: E001, E003, E004.
        DataError: E301 to E306.
    """
    require_type(model, Model, _MODEL)
    graph = model.main if signature is None else entry_point(model, signature).graph
    return open_for(model, graph, data, _given(inputs))


def describe_inputs(
    model: Model, inputs: Described | Mapping[str, Described], *, signature: str | None = None
) -> list[str]:
    """Writes into a model how the pixels of images and the samples of sounds become the numbers of its inputs.

    `Samples.described` is what samples were read by. The block INTACT_INPUTS has all of it; TFLite metadata have what
    they can hold, unless the model has some already.

    Returns:
        what was written, a sentence each.
    Raises:
        UsageError: E003, E004.
    """
    require_type(model, Model, _MODEL)
    graph = model.main if signature is None else entry_point(model, signature).graph
    return keep_described(model, graph, known_inputs(model, graph, _given(inputs)).given)


def open_for(model: Model, graph: Graph, data: Any, given: Given = (), *, holds: bool = True) -> Samples:
    """Returns samples for the inputs of a graph; the notes say how pixels and sounds become numbers, and where from.

    Args:
        data: samples already, or anything that open_samples takes.
        given: what the user says of inputs that take images or sound; the model fills in the rest.
        holds: refuse arrays that are not what the user says.
    Raises:
        DataError: E301 where there are none.
        UsageError: E003 for a description that does not fit an input or its arrays, E004 for one of an input that there
            is not.
    """
    if isinstance(data, Samples):
        found = data
    else:
        known = known_inputs(model, graph, given)
        found = open_samples(data, ports(input_names(model, graph)), known.inputs)
        held = hold_all(found, known.given) if holds else []
        said = [f"input '{n}': read as {known.origins[n]} has it" for n in found.described if n in known.origins]
        found.notes = (*found.notes, *said, *held, *known.notes)
    if len(found) == 0:
        raise DataError("there are no samples", code="E301", expected="at least one")
    return found


def _given(inputs: Described | Mapping[str, Described] | None) -> Given:
    if inputs is None:
        return ()
    given: Given = list(inputs.items()) if isinstance(inputs, Mapping) else [(None, inputs)]
    for _, one in given:
        if not isinstance(one, ImageInput | AudioInput):
            raise UsageError(f"an input is described by a {type(one).__name__}", expected="an ImageInput or AudioInput")
    return given
