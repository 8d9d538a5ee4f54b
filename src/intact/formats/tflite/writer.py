"""A Model as the bytes of a .tflite file, streamed.

The schema's own builder holds a file in memory, and twice over. So only what describes the model is built with it, with
an empty vector in place of each buffer's contents; the contents follow behind, straight from where they are, and the
offsets are set to point there. What comes out is an ordinary flatbuffer.

Offsets in a flatbuffer end at 2 GB. Beyond that, contents are outside of it: a Buffer then says its position in the
file, as LiteRT's own converter does.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import numpy as np
from flatbuffers import Builder

from intact.errors import FormatError, IntactError
from intact.formats.tflite.indices import graph_index, index_of, indices_of
from intact.formats.tflite.nodes import NodeWriter, OperatorCode, operator_code, unwritable, write_operator_code
from intact.formats.tflite.reader import IDENTIFIER, SCHEMA_VERSION, named_buffers
from intact.formats.tflite.schema import schema
from intact.formats.tflite.tail import ALIGNMENT, write_tail
from intact.formats.tflite.tensors import write_tensors
from intact.ir.graph import Buffer, Graph
from intact.ir.model import Model, SignatureDef
from intact.ir.types import Array

LIMIT: Final = 2**31 - 1
"""Bytes a flatbuffer may have."""

# Where fields begin in a vtable: 4 + 2 * number of the field in the schema.
_DATA: Final = 4
_OFFSET: Final = 6
_LARGE_CUSTOM_OPTIONS_OFFSET: Final = 22


def to_bytes(model: Model) -> bytes:
    """Returns the model as a file's bytes.

    Raises:
        FormatError: E104 for operators TFLite does not have.
        ModelError: E204 where a node names a tensor or graph that is not in the model.
    """
    stream = io.BytesIO()
    write(model, stream)
    return stream.getvalue()


def write(model: Model, stream: BinaryIO, limit: int = LIMIT) -> None:
    """Writes the model. The same model always gives the same bytes.

    Args:
        limit: bytes above which contents go outside of the flatbuffer.
    Raises:
        As to_bytes.
    """
    _refuse_unwritable(model)
    buffers = _buffers(model)
    layout = _Layout(model, buffers, outside=bool(model.meta.get("buffers_outside")))
    if layout.flatbuffer > limit:
        layout = _Layout(model, buffers, outside=True)
    stream.writelines(layout.chunks())


class _Layout:
    """Where everything that is not in the head comes to lie.

    Attributes:
        size: bytes of the file so far.
        flatbuffer: bytes of it that offsets have to reach.
    """

    def __init__(self, model: Model, buffers: Mapping[Buffer, int], *, outside: bool) -> None:
        self._head = head = _build(model, buffers, outside)
        self.size = len(head)
        self._model = model
        self._parts: list[bytes | memoryview] = []
        self._places: dict[tuple[int, int, bool], int] = {}
        root = schema().Model.GetRootAs(head)
        tables = [(buffer.data, root.Buffers(index)._tab) for buffer, index in buffers.items()]
        for data, table in tables:
            field = table.Offset(_DATA)
            if field:
                at = table.Pos + field
                struct.pack_into("<I", head, at, self._put(data, with_length=True) - at)
        self.flatbuffer = self.size
        for data, table in tables:
            self._put_outside(data, table, _OFFSET)
        for position, graph in enumerate(model.graphs):
            for index, node in enumerate(graph.nodes):
                if "large_custom_options" in node.meta:
                    table = root.Subgraphs(position).Operators(index)._tab
                    self._put_outside(node.meta["large_custom_options"].data, table, _LARGE_CUSTOM_OPTIONS_OFFSET)

    def chunks(self) -> Iterator[bytes | bytearray | memoryview]:
        """Yields the file's bytes in order."""
        yield self._head
        yield from self._parts
        if self.size % ALIGNMENT:
            yield bytes(-self.size % ALIGNMENT)
        start = self.size + -self.size % ALIGNMENT
        yield write_tail(self._model.tail, start, self._model.meta)

    def _put_outside(self, data: Array, table: Any, slot: int) -> None:
        field = table.Offset(slot)
        if field:
            struct.pack_into("<Q", self._head, table.Pos + field, self._put(data, with_length=False))

    def _put(self, data: Array, *, with_length: bool) -> int:
        """Adds contents, unless the same bytes are there already; returns where they, or their length, begin."""
        key = (data.__array_interface__["data"][0], data.size, with_length)
        if key not in self._places:
            length = struct.pack("<I", data.size) if with_length else b""
            padding = -(self.size + len(length)) % ALIGNMENT
            self._places[key] = self.size + padding
            self._parts += [bytes(padding) + length, data.data]
            self.size += padding + len(length) + data.size
        return self._places[key]


def _refuse_unwritable(model: Model) -> None:
    """Names every operator that would be lost, and not only the first."""
    found = [f"node {index} {node.op.name}" for _, index, node in model.nodes() if unwritable(node)]
    if found:
        raise FormatError(
            f"TFLite has no operator for {', '.join(found)}",
            code="E104",
            expected="operators of its schema",
            where=model.source,
        )


def _buffers(model: Model) -> dict[Buffer, int]:
    """Returns the index of each buffer of the file: the model's own order, without those that lost their last user."""
    named = named_buffers(model)
    kept = {*named, *model.meta.get("orphans", ())}
    order = [buffer for buffer in model.buffers if buffer in kept]
    # Number 0 stands for "no contents", so no tensor may have it.
    if not order or any(value.buffer is order[0] for graph in model.graphs for value in graph.values):
        order.insert(0, Buffer())
    return {buffer: index for index, buffer in enumerate(dict.fromkeys([*order, *named]))}


def _build(model: Model, buffers: Mapping[Buffer, int], outside: bool) -> bytearray:
    """Returns the flatbuffer without contents."""
    builder = Builder(1 << 16)
    try:
        builder.Finish(_record(model, buffers, outside).Pack(builder), file_identifier=IDENTIFIER)
    except (TypeError, OverflowError, struct.error) as fault:
        raise FormatError(f"a number does not fit the schema ({fault})", code="E104", where=model.source) from fault
    except IntactError as fault:
        fault.at(model.source)
        raise
    return bytearray(builder.Output())


def _record(model: Model, buffers: Mapping[Buffer, int], outside: bool) -> Any:
    s, meta = schema(), model.meta
    codes = _operator_codes(model)
    legacy = meta.get("metadata_buffer", ())
    # Those who look for metadata do not look outside.
    inside = {m.buffer for m in model.metadata} | set(legacy)
    graphs = {graph: index for index, graph in enumerate(model.graphs)}
    return s.ModelT(
        version=meta.get("version", SCHEMA_VERSION),
        operatorCodes=[write_operator_code(code) for code in codes],
        subgraphs=[_graph(g, buffers, codes, graphs, says_rank=meta.get("has_rank", True)) for g in model.graphs],
        description=model.description,
        buffers=[_buffer(b, outside=outside and b not in inside) for b in buffers],
        metadataBuffer=[buffers[b] for b in legacy] or None,
        metadata=[s.MetadataT(m.name, buffers[m.buffer]) for m in model.metadata] or None,
        signatureDefs=[_signature(entry, graphs) for entry in model.signatures] or None,
        externalBufferGroups=[s.ExternalBufferGroupT(name) for name in meta.get("external_buffer_groups", ())] or None,
        externalBuffers=[s.ExternalBufferT(*entry) for entry in meta.get("external_buffers", ())] or None,
    )


def _operator_codes(model: Model) -> dict[OperatorCode, int]:
    """Returns the index of each operator in the file's table: as it was, without those that lost their last user."""
    needed = dict.fromkeys(operator_code(node) for _, _, node in model.nodes())
    had: Mapping[OperatorCode, bool] = model.meta.get("operator_codes", {})
    order = [code for code, was_used in had.items() if code in needed or not was_used]
    return {code: index for index, code in enumerate(dict.fromkeys([*order, *needed]))}


def _buffer(buffer: Buffer, *, outside: bool) -> Any:
    """The record with something in each field that is to be set once the place is known."""
    size = buffer.data.size
    if outside and size > 1:  # LiteRT once took a size of 1 for "not yet known"
        return schema().BufferT(offset=1, size=size)
    return schema().BufferT(data=np.empty(0, np.uint8) if buffer.is_stored or size else None)


def _graph(
    graph: Graph,
    buffers: Mapping[Buffer, int],
    codes: Mapping[OperatorCode, int],
    graphs: Mapping[Graph, int],
    *,
    says_rank: bool,
) -> Any:
    values = graph.indices()
    writer = NodeWriter(codes, graphs, values)
    try:
        return schema().SubGraphT(
            tensors=write_tensors(graph, buffers, says_rank=says_rank),
            inputs=indices_of(graph.inputs, values, "an input"),
            outputs=indices_of(graph.outputs, values, "an output"),
            operators=[writer.write(index, node) for index, node in enumerate(graph.nodes)],
            name=graph.name or None,
            debugMetadataIndex=graph.meta.get("debug_metadata_index", -1),
        )
    except IntactError as fault:
        if len(graphs) > 1:
            fault.at(f"graph '{graph.name}'")
        raise


def _signature(signature: SignatureDef, graphs: Mapping[Graph, int]) -> Any:
    indices = signature.graph.indices()
    try:
        inputs, outputs = (
            [schema().TensorMapT(name, index_of(value, indices, f"'{name}'")) for name, value in ports.items()]
            for ports in (signature.inputs, signature.outputs)
        )
        return schema().SignatureDefT(inputs, outputs, signature.key, graph_index(signature.graph, graphs, "its graph"))
    except IntactError as fault:
        fault.at(f"signature '{signature.key}'")
        raise
