"""TFLite metadata written anew, for readers that look for how an image becomes numbers.

Sources:
    tflite-support, metadata_schema.fbs, version 1.5.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flatbuffers
import numpy as np

from intact.formats.tflite import metadata as m
from intact.formats.tflite.metadata import InputMetadata

_PARSER = "1.0.0"
"""The oldest version of the schema that has all that is written."""


def metadata_bytes(inputs: Sequence[InputMetadata], outputs: Sequence[str]) -> bytes:
    """Returns the metadata of a model with one graph: its inputs, and names of its outputs."""
    builder: Any = flatbuffers.Builder(1024)
    ins = _vector(builder, [_input(builder, one) for one in inputs])
    outs = _vector(builder, [_table(builder, 7, [(m.TENSOR_NAME, _text(builder, n))]) for n in outputs])
    graph = _table(builder, 10, [(m.INPUTS, ins), (m.OUTPUTS, outs)])
    version = _text(builder, _PARSER)
    root = _table(builder, 8, [(m.SUBGRAPHS, _vector(builder, [graph])), (m.MIN_PARSER_VERSION, version)])
    builder.Finish(root, file_identifier=m.IDENTIFIER)
    return bytes(builder.Output())


def _input(builder: Any, one: InputMetadata) -> int:
    fields = [(m.TENSOR_NAME, _text(builder, one.name))]
    if one.kind == "image":
        color = {"rgb": m.RGB, "grey": m.GREYSCALE}.get(one.color or "", 0)
        fields.append((m.CONTENT, _content(builder, m.IMAGE, 2, lambda: builder.PrependInt8Slot(0, color, 0))))
    if one.kind == "audio":
        fields.append((m.CONTENT, _content(builder, m.AUDIO, 2, lambda: builder.PrependUint32Slot(0, one.rate, 0))))
    if one.mean or one.std:
        mean, std = (builder.CreateNumpyVector(np.asarray(v, np.float32)) for v in (one.mean or (0,), one.std or (1,)))
        options = _table(builder, 2, [(0, mean), (1, std)])
        unit = _union(builder, 2, m.UNIT_KIND, m.NORMALIZATION, m.UNIT_OPTIONS, options)
        fields.append((m.PROCESS_UNITS, _vector(builder, [unit])))
    return _table(builder, 7, fields)


def _content(builder: Any, kind: int, count: int, fill: Callable[[], None]) -> int:
    builder.StartObject(count)
    fill()
    return _union(builder, 3, m.CONTENT_KIND, kind, m.CONTENT_PROPERTIES, builder.EndObject())


def _union(builder: Any, count: int, kind_field: int, kind: int, field: int, table: int) -> int:
    builder.StartObject(count)
    builder.PrependUint8Slot(kind_field, kind, 0)
    builder.PrependUOffsetTRelativeSlot(field, table, 0)
    return int(builder.EndObject())


def _table(builder: Any, count: int, fields: Sequence[tuple[int, int]]) -> int:
    builder.StartObject(count)
    for field, offset in fields:
        builder.PrependUOffsetTRelativeSlot(field, offset, 0)
    return int(builder.EndObject())


def _vector(builder: Any, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _text(builder: Any, text: str) -> int:
    return int(builder.CreateString(text, errors="replace"))
