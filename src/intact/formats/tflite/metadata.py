"""What TFLite metadata says of a model's inputs: a flatbuffer of its own in a model's block TFLITE_METADATA.

Sources:
    tflite-support, metadata_schema.fbs, version 1.5.0: the numbers of the fields.
    https://ai.google.dev/edge/litert/conversion/tensorflow/metadata: real = (pixel - mean) / std, also for models whose
    inputs are quantized.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.errors import FormatError
from intact.formats.tflite.table import Flatbuffer, corrupt
from intact.ir.model import Model

NAME: Final = "TFLITE_METADATA"
IDENTIFIER: Final = b"M001"

SUBGRAPHS, MIN_PARSER_VERSION = 3, 7
INPUTS, OUTPUTS = 2, 3
TENSOR_NAME, CONTENT, PROCESS_UNITS = 0, 3, 4
CONTENT_KIND, CONTENT_PROPERTIES = 0, 1
IMAGE, AUDIO = 2, 4
UNIT_KIND, UNIT_OPTIONS = 0, 1
NORMALIZATION = 1
RGB, GREYSCALE = 1, 2
"""Numbers of fields and of members of unions, as the schema has them."""

_MOST: Final = 4096
_U8, _U16, _U32, _I32 = (struct.Struct(f"<{c}") for c in "BHIi")


@dataclass(frozen=True)
class InputMetadata:
    """What metadata says of one input.

    Args:
        name: what the metadata call it, which need not be the tensor's name.
        kind: "image", "audio", or None for anything else.
        color: "rgb" or "grey" of an image, None where it is not said.
        mean, std: of NormalizationOptions, one number or one a channel; () where there are none.
        rate: Hz of a sound; 0 where it is not said.
    """

    name: str
    kind: str | None = None
    color: str | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    rate: int = 0


def has_metadata(model: Model) -> bool:
    """True for a model with a block of TFLite metadata, whatever it holds."""
    return any(m.name == NAME for m in model.metadata)


def inputs_of(model: Model, graph: int = 0) -> list[InputMetadata]:
    """Returns what a model's metadata say of the inputs of a graph, in their order; [] where they say nothing.

    Raises:
        FormatError: E102 for metadata that are damaged.
    """
    block = next((m.buffer.data for m in model.metadata if m.name == NAME), None)
    if block is None or not block.size:
        return []
    file = Flatbuffer(memoryview(block.tobytes()))
    try:
        root = _Table(file, file.unpack(_U32, 0))
        graphs = root.tables(SUBGRAPHS)
        return [_input(t) for t in graphs[graph].tables(INPUTS)] if graph < len(graphs) else []
    except FormatError as fault:
        raise fault.at(f"metadata '{NAME}'") from None


def _input(tensor: _Table) -> InputMetadata:
    kind, color, rate = None, None, 0
    content = tensor.table(CONTENT)
    properties = content.table(CONTENT_PROPERTIES) if content else None
    if content and properties:
        number = content.number(CONTENT_KIND, _U8)
        kind = {IMAGE: "image", AUDIO: "audio"}.get(number)
        if number == IMAGE:
            color = {RGB: "rgb", GREYSCALE: "grey"}.get(properties.number(0, _U8))
        if number == AUDIO:
            rate = properties.number(0, _U32)
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    for unit in tensor.tables(PROCESS_UNITS):
        options = unit.table(UNIT_OPTIONS)
        if options and unit.number(UNIT_KIND, _U8) == NORMALIZATION:
            mean, std = options.floats(0), options.floats(1)
    return InputMetadata(tensor.text(TENSOR_NAME), kind, color, mean, std, rate)


class _Table:
    """A table of a flatbuffer whose schema has no generated classes here; every offset is checked."""

    def __init__(self, file: Flatbuffer, position: int) -> None:
        self._file = file
        self._at = position
        self._vtable = position - file.unpack(_I32, position)
        self._end = file.unpack(_U16, self._vtable)
        file.charge(4)

    def table(self, field: int) -> _Table | None:
        """The table that a field names; None where there is none."""
        place = self._place(field)
        return None if place is None else _Table(self._file, self._target(place))

    def tables(self, field: int) -> list[_Table]:
        """The tables of a vector."""
        start, count = self._vector(field)
        return [_Table(self._file, self._target(start + 4 * i)) for i in range(count)]

    def floats(self, field: int) -> tuple[float, ...]:
        """The numbers of a vector of float32."""
        start, count = self._vector(field)
        self._file.reach(start, 4 * count)
        return tuple(np.frombuffer(self._file.data, "<f4", count, start).tolist()) if count else ()

    def text(self, field: int) -> str:
        """A string; "" where there is none."""
        start, count = self._vector(field)
        self._file.reach(start, count)
        return self._file.text(bytes(self._file.data[start : start + count])) if count else ""

    def number(self, field: int, form: struct.Struct) -> int:
        """A number; 0 where there is none."""
        place = self._place(field)
        return 0 if place is None else int(self._file.unpack(form, place))

    def _place(self, field: int) -> int | None:
        slot = 4 + 2 * field
        offset = self._file.unpack(_U16, self._vtable + slot) if slot + 2 <= self._end else 0
        return self._at + offset if offset else None

    def _target(self, place: int) -> int:
        return place + int(self._file.unpack(_U32, place))

    def _vector(self, field: int) -> tuple[int, int]:
        place = self._place(field)
        if place is None:
            return 0, 0
        start = self._target(place)
        count = int(self._file.unpack(_U32, start))
        if count > _MOST:
            raise corrupt(f"a list has {count} entries", f"at most {_MOST}")
        self._file.charge(count)
        return start + 4, count
