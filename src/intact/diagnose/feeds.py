"""What Python code gives a model's inputs, as the inputs store it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from intact.data.described_model import known_inputs
from intact.data.input_file import read_input
from intact.data.samples import Sample
from intact.data.type_rule import clamped_note, convert
from intact.engines.litert import match, require_fit
from intact.errors import IntactError
from intact.files import as_path
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.port import Port, ports
from intact.ir.types import Array

Inputs = Mapping[str, Any] | Sample
"""Arrays, or paths of files that hold them, by input name; or a sample."""


def feeds(inputs: Inputs, values: dict[str, Value], model: Model, graph: Graph) -> tuple[list[Array], list[str]]:
    """Returns the array of each input, in order, and notes on how it was taken.

    Arrays of an input's own type are stored numbers and taken as they are, whatever they are. All others are real
    numbers, which a quantized input quantizes. Files are read as `--input` reads them: data.input_file.

    Args:
        inputs: arrays, what NumPy makes one of, or paths of files, by input name; or a sample.
        values: the inputs of `graph` by name.
        model: what it says of its inputs tells how photographs and recordings become numbers.
    Raises:
        UsageError: E001 for a file that is not there; E003 where they have no names, E004 for a name that is not an
            input, or an input without an array; E302 for a shape.
        DataError: E303 for what are no numbers, or numbers that the input's type does not have; E304 for NaN and
            infinity that would have to be converted; E301 to E306 for a file, which is named.
    """
    known = ports(values)
    read, notes = _read(as_given(inputs), known, model, graph)
    arrays = []
    for array, port in zip(match(read, known, model.source), known, strict=True):
        try:
            arrays.append(_taken(array, port))
        except IntactError as fault:
            raise fault.at(model.source) from None
        require_fit(arrays[-1], port, model.source)
        note = clamped_note(array, port)
        notes += [] if note is None else [note]
    return arrays, notes


def as_given(inputs: Inputs) -> Mapping[str, Any]:
    """Returns the inputs by name."""
    return inputs.arrays if isinstance(inputs, Sample) else inputs


def _read(inputs: Any, known: list[Port], model: Model, graph: Graph) -> tuple[Any, list[str]]:
    """Returns the inputs with what files hold in place of their paths; text for an input that takes text is none."""
    if not isinstance(inputs, Mapping):
        return inputs, []
    by_name = {name: port for port in known for name in (port.name, *port.aliases) if port.type.dtype.numpy is not None}
    paths = {n: path for n, path in inputs.items() if n in by_name and isinstance(path, str | os.PathLike)}
    if not paths:
        return inputs, []
    how = known_inputs(model, graph)
    arrays, notes = {}, list(how.notes)
    for name, path in paths.items():
        port, text = by_name[name], path if isinstance(path, str) else as_path(path)
        arrays[name], said = read_input(text, port, how.inputs.get(port.name))
        notes += said
    return {**inputs, **arrays}, notes


def _taken(array: Array, port: Port) -> Array:
    target = port.type.dtype.numpy
    if target is None:
        return array
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return array if array.dtype == target else convert(array, port)
