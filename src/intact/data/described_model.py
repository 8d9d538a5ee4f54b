"""What is known of a model's inputs: from the user, from the model's metadata, or from an input of 8 bits itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from intact.data.described import AudioInput, Described, ImageInput, from_dict
from intact.data.described_merge import Given, by_port, merged
from intact.errors import FormatError, IntactError, UsageError
from intact.formats.tflite.metadata import NAME, InputMetadata, has_metadata, inputs_of
from intact.formats.tflite.metadata_writer import metadata_bytes
from intact.ir.graph import Buffer, Graph, Value
from intact.ir.model import Metadata, Model
from intact.ir.port import input_names, output_names
from intact.ir.stored import zero_point

BLOCK: Final = "INTACT_INPUTS"
"""Name of the block in a model's metadata that keeps descriptions: JSON, a list with an entry for each input.

An entry says the number of its graph; one that does not holds for each input of that name.
"""

METADATA: Final = "the model's TFLite metadata"


@dataclass(frozen=True)
class Known:
    """What is known of the inputs of a graph.

    Args:
        inputs: descriptions by input name.
        origins: where a description comes from that the user did not give, by input name.
        notes: what could not be used.
        metadata: what the model's TFLite metadata say, by input name, used or not.
    """

    inputs: dict[str, Described]
    origins: dict[str, str]
    notes: list[str]
    metadata: dict[str, Described] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Described]:
        """What the user said something of."""
        return {name: one for name, one in self.inputs.items() if name not in self.origins}


def known_inputs(model: Model, graph: Graph, given: Given = ()) -> Known:
    """Returns what is known of the inputs of a graph. What the user gives counts most; the model fills in the rest.

    Raises:
        UsageError: E004 for a description of an input that the graph does not have.
    """
    values = input_names(model, graph)
    named = by_port(model, values, given)
    known = Known({}, {}, [])
    stored = _stored(model, model.graphs.index(graph), known)
    for index, (name, value) in enumerate(values.items()):
        own, origin = stored.get(value.name), f"block {BLOCK} of the model"
        told, codes = _of_metadata(model, graph, index, known), pixels_of(value)
        if told is not None:
            known.metadata[name] = told
        if own is None and codes is not None and (told is None or value.dtype.bits == 8):
            # Readers of TFLite metadata normalize for float inputs alone: those of 8 bits are given the pixels.
            own, origin = codes, f"the scale and zero point of input '{name}'"
            own = own.over(replace(told, mean=None, std=None)) if isinstance(told, ImageInput) else own
        elif own is None:
            own, origin = told, METADATA
        asked = named.get(name)
        if asked is None and own is not None:
            known.inputs[name], known.origins[name] = own, origin
        elif asked is not None:
            known.inputs[name] = merged(asked, own)
    return known


def keep_described(model: Model, graph: Graph, described: Mapping[str, Described]) -> list[str]:
    """Writes descriptions of a graph's inputs into a model's metadata, beside those of other graphs, and says so.

    Args:
        described: by input name.
    """
    if not described:
        return []
    number, names = model.graphs.index(graph), {v.name for v in graph.inputs}
    entries = [e for e in _entries(model) if e.get("graph", number) != number or e.get("input") not in names]
    values = input_names(model, graph)
    entries += [
        {"graph": number, "input": values[name].name, **one.as_dict()}
        for name, one in described.items()
        if name in values
    ]
    model.metadata = [m for m in model.metadata if m.name != BLOCK]
    if entries:
        content = json.dumps({"version": 1, "inputs": entries}, separators=(",", ":")).encode()
        buffer = Buffer(np.frombuffer(content, np.uint8))
        model.buffers = [*model.buffers, buffer]
        model.metadata.append(Metadata(BLOCK, buffer))
    notes = [f"input '{name}': the model carries it: {one}" for name, one in described.items()]
    return notes + _tell_others(model, graph, described)


def _tell_others(model: Model, graph: Graph, described: Mapping[str, Described]) -> list[str]:
    """Writes descriptions as TFLite metadata too, where a model has none; says where those that it has differ."""
    if graph is not model.main:
        return []
    values = input_names(model, graph)
    wanted = [_as_metadata(name, described.get(name)) for name in values]
    if not has_metadata(model):
        buffer = Buffer(np.frombuffer(metadata_bytes(wanted, list(output_names(model, graph))), np.uint8))
        model.buffers = [*model.buffers, buffer]
        model.metadata.append(Metadata(NAME, buffer))
        return []
    try:
        have = inputs_of(model)
    except FormatError:
        have = []
    pairs = zip(wanted, have, strict=True) if len(have) == len(wanted) else [(w, InputMetadata("")) for w in wanted]
    return [
        f"input '{w.name}': the model's TFLite metadata say otherwise and are left as they are; block {BLOCK} counts"
        for w, h in pairs
        if w.name in described and not (_close(w.mean, h.mean) and _close(w.std, h.std, 1.0))
    ]


def _as_metadata(name: str, one: Described | None) -> InputMetadata:
    if isinstance(one, AudioInput):
        return InputMetadata(name, "audio", rate=one.rate or 0)
    if one is None or not one.is_numeric:
        return InputMetadata(name, None if one is None else "image")
    scale = one.scale or 1.0
    mean, std = (v if isinstance(v, tuple) else (v,) for v in (one.mean or 0.0, one.std or 1.0))
    color = one.channels if one.channels != "bgr" else None
    return InputMetadata(name, "image", color, tuple(v / scale for v in mean), tuple(v / scale for v in std))


def _close(one: tuple[float, ...], other: tuple[float, ...], default: float = 0.0) -> bool:
    one, other = one or (default,), other or (default,)
    count = max(len(one), len(other))
    a, b = (v * count if len(v) == 1 else v for v in (one, other))
    return len(a) == len(b) and bool(np.allclose(a, b, rtol=1e-5, atol=1e-6))


def pixels_of(value: Value) -> ImageInput | None:
    """Returns how a pixel becomes a real number of an input that is stored in 8 bits, there or right behind it.

    The 256 codes of the type are the 256 values of a pixel in order: q = pixel + qmin, real = scale * (q - zero_point).
    None for an input that is not 8 bits: nothing in a model says what its range stands for then.
    """
    for candidate in (value, *(node.outputs[0] for node, _ in value.uses if node.op.name == "QUANTIZE")):
        if candidate.dtype.bits == 8 and candidate.quant is not None and candidate.quant.scale.size == 1:
            scale, low = float(candidate.quant.scale[0]), candidate.dtype.limits[0]
            return ImageInput(mean=float(zero_point(candidate.type) - low), std=1 / scale)
    return None


def _of_metadata(model: Model, graph: Graph, index: int, known: Known) -> Described | None:
    """Returns what TFLite metadata say of an input of the main graph, the only one that readers of them look at."""
    if graph is not model.main:
        return None
    try:
        found = inputs_of(model)
    except FormatError as fault:
        text = f"TFLite metadata that are damaged are not used: {fault.problem}"
        if text not in known.notes:
            known.notes.append(text)
        return None
    if len(found) != len(graph.inputs):
        return None
    entry = found[index]
    try:
        if entry.kind == "audio" and entry.rate:
            return AudioInput(rate=entry.rate)
        if entry.mean or entry.std or (entry.kind == "image" and entry.color):
            return ImageInput(mean=entry.mean or None, std=entry.std or None, channels=entry.color)
    except UsageError as fault:
        known.notes.append(f"TFLite metadata of input '{entry.name}' are not used: {fault.problem}")
    return None


def _stored(model: Model, number: int, known: Known) -> dict[str, Described]:
    """Returns the descriptions that a model carries of inputs of the graph of that number, by the tensor's name."""
    found: dict[str, Described] = {}
    for entry in _entries(model):
        content = {key: value for key, value in entry.items() if key not in ("graph", "input")}
        try:
            if entry.get("graph", number) == number:
                found[str(entry["input"])] = from_dict(content)
        except (IntactError, ValueError, TypeError, KeyError) as fault:
            known.notes.append(f"an entry of block {BLOCK} of the model is not used: {fault}")
    return found


def _entries(model: Model) -> list[dict[str, Any]]:
    block = next((m.buffer.data for m in model.metadata if m.name == BLOCK), None)
    try:
        content = {} if block is None else json.loads(block.tobytes())
        entries = content.get("inputs", [])
        return [e for e in entries if isinstance(e, dict)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []
