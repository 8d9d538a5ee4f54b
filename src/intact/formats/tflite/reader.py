"""The bytes of a .tflite file as a Model. Constants are views into them: nothing of their size is copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from intact.errors import IntactError
from intact.formats.tflite.indices import pick, pick_graph
from intact.formats.tflite.nodes import NodeReader, OperatorCode, read_operator_codes
from intact.formats.tflite.schema import schema
from intact.formats.tflite.table import Flatbuffer, corrupt
from intact.formats.tflite.tail import read_tail
from intact.formats.tflite.tensors import read_tensors
from intact.ir.graph import Buffer, Graph, Value
from intact.ir.model import Metadata, Model, SignatureDef

IDENTIFIER = b"TFL3"
SCHEMA_VERSION = 3


def read(data: memoryview, source: str) -> Model:
    """Returns the model in a file's bytes.

    Args:
        data: the whole file; it lives as long as the model's constants.
        source: what to call the model in messages.
    Raises:
        FormatError: E102 where an offset, length or index points outside, E103 where the schema lacks something.
        ModelError: E204 where two nodes compute one tensor.
    """
    if bytes(data[4:8]) != IDENTIFIER:
        raise corrupt(f"the file identifier is {bytes(data[4:8])!r}", f"{IDENTIFIER!r}")
    file = Flatbuffer(data)
    root = file.root(schema().Model())
    model = Model(source=source)
    if root.Version() != SCHEMA_VERSION:
        model.meta["version"] = root.Version()
    if root.Description() is not None:
        model.description = file.text(root.Description())
    model.buffers = _read_buffers(file, root, model) or [Buffer()]
    _read_graphs(file, root, model)
    model.metadata = [_read_metadata(file, table, model.buffers) for table in file.tables(root, "Metadata")]
    legacy = file.numbers(root.MetadataBufferAsNumpy())
    if legacy:
        model.meta["metadata_buffer"] = tuple(_buffer(model.buffers, i, "a metadata buffer") for i in legacy)
    model.signatures = [_read_signature(file, table, model.graphs) for table in file.tables(root, "SignatureDefs")]
    _read_external(file, root, model)
    model.meta["orphans"] = _orphans(model)
    model.tail = read_tail(file, model.meta)
    return model


def _read_buffers(file: Flatbuffer, root: Any, model: Model) -> list[Buffer]:
    buffers = []
    for index, table in enumerate(file.tables(root, "Buffers")):
        try:
            if not table.DataIsNone():
                buffers.append(Buffer(table.DataAsNumpy()))
            elif table.Offset() > 1:  # 1 is what converters put there before they know better
                buffers.append(Buffer(file.outside(table.Offset(), table.Size())))
                model.meta["buffers_outside"] = True
            else:
                buffers.append(Buffer())
        except IntactError as fault:
            fault.at(f"buffer {index}")
            raise
    return buffers


def _buffer(buffers: Sequence[Buffer], index: int, what: str) -> Buffer:
    if not 0 <= index < len(buffers):
        raise corrupt(f"{what} is buffer {index} of {len(buffers)}")
    return buffers[index]


def _read_graphs(file: Flatbuffer, root: Any, model: Model) -> None:
    tables = list(file.tables(root, "Subgraphs"))
    if not tables:
        raise corrupt("the model has no graph", "one and more")
    model.graphs = [Graph(file.text(table.Name())) for table in tables]
    tensors = [list(file.tables(table, "Tensors")) for table in tables]
    says_rank = any(tensor.HasRank() for group in tensors for tensor in group)
    if not says_rank:
        model.meta["has_rank"] = False
    codes = read_operator_codes(file, root)
    used: dict[OperatorCode, bool] = dict.fromkeys(codes, False)
    model.meta["operator_codes"] = used
    for index, (graph, table) in enumerate(zip(model.graphs, tables, strict=True)):
        try:
            graph.values = read_tensors(file, tensors[index], model.buffers, says_rank=says_rank)
            reader = NodeReader(file, codes, model.graphs, graph.values)
            for position, operator in enumerate(file.tables(table, "Operators")):
                node, code = reader.read(position, operator)
                graph.nodes.append(node)
                used[code] = True
            graph.inputs = [pick(graph.values, i, "an input") for i in file.numbers(table.InputsAsNumpy())]
            graph.outputs = [pick(graph.values, i, "an output") for i in file.numbers(table.OutputsAsNumpy())]
            if table.DebugMetadataIndex() != -1:
                graph.meta["debug_metadata_index"] = table.DebugMetadataIndex()
        except IntactError as fault:
            if len(tables) > 1:
                fault.at(f"graph {index} '{graph.name}'")
            raise


def _read_metadata(file: Flatbuffer, table: Any, buffers: Sequence[Buffer]) -> Metadata:
    name = file.text(table.Name())
    return Metadata(name, _buffer(buffers, table.Buffer(), f"metadata '{name}'"))


def _read_signature(file: Flatbuffer, table: Any, graphs: Sequence[Graph]) -> SignatureDef:
    key = file.text(table.SignatureKey())
    try:
        graph = pick_graph(graphs, table.SubgraphIndex(), "its graph")
        inputs, outputs = (_read_ports(file, table, field, graph.values) for field in ("Inputs", "Outputs"))
    except IntactError as fault:
        fault.at(f"signature '{key}'")
        raise
    return SignatureDef(key, graph, inputs, outputs)


def _read_ports(file: Flatbuffer, table: Any, field: str, values: Sequence[Value]) -> dict[str, Value]:
    ports: dict[str, Value] = {}
    for entry in file.tables(table, field):
        name = file.text(entry.Name())
        if name in ports:
            raise corrupt(f"two {field.lower()} are named '{name}'", "a name for each")
        ports[name] = pick(values, entry.TensorIndex(), f"'{name}'")
    return ports


def _read_external(file: Flatbuffer, root: Any, model: Model) -> None:
    """Notes the tables about contents in other files; the contents themselves are not looked for."""
    groups = tuple(file.text(group.Name()) for group in file.tables(root, "ExternalBufferGroups"))
    entries = tuple(
        (entry.Id(), entry.Group(), entry.Offset(), entry.Length(), file.text(entry.Packing()))
        for entry in file.tables(root, "ExternalBuffers")
    )
    if groups:
        model.meta["external_buffer_groups"] = groups
    if entries:
        model.meta["external_buffers"] = entries


def _orphans(model: Model) -> tuple[Buffer, ...]:
    """The buffers that nothing names: they are written back, unlike those that editing leaves without a user."""
    used = set(named_buffers(model))
    return tuple(buffer for buffer in model.buffers if buffer not in used)


def named_buffers(model: Model) -> list[Buffer]:
    """Returns the buffers that tensors and metadata name, in that order, with repetitions."""
    of_values = [v.buffer for graph in model.graphs for v in graph.values if v.buffer is not None]
    return of_values + [m.buffer for m in model.metadata] + list(model.meta.get("metadata_buffer", ()))
