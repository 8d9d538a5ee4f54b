"""What is in a model, as plain data: for people through report/, for scripts as JSON."""

from __future__ import annotations

import dataclasses
import enum
from collections import Counter
from typing import Any

from intact.errors import require_type
from intact.ir.graph import Graph, Node, Value
from intact.ir.kind import is_float_node, is_hybrid_node, is_integer_node, kind
from intact.ir.model import Model
from intact.ir.op import UnknownOp
from intact.ir.port import input_names, output_names
from intact.ir.types import Array, QuantParams


def inspect(model: Model) -> dict[str, Any]:
    """Returns what is in a model, ready for JSON.

    Keys: `source`, `description`, `compute` and `quantization` (see ir.kind), `operator_counts`, `constant_bytes`,
    `inputs`, `outputs`, `tensors` and `operators` (of all subgraphs, each entry with its `subgraph` index),
    `subgraphs`, `signatures`, `metadata`, `appended_bytes`. A tensor's `scale` and `zero_point` are a number, a list
    for several channels, or None.
    """
    require_type(model, Model, "intact.load(path) reads one")
    found = kind(model)
    indices = {g: g_index for g_index, g in enumerate(model.graphs)}
    tensors = {g: [_tensor(v, i, indices[g]) for i, v in enumerate(g.values)] for g in model.graphs}
    main = model.main
    position = main.indices()
    return {
        "source": model.source,
        "description": model.description,
        "compute": found.compute,
        "quantization": found.quantization,
        "integer_operators": found.integer,
        "float_operators": found.float,
        "hybrid_operators": found.hybrid,
        "operator_counts": dict(Counter(n.op.name for *_, n in model.nodes()).most_common()),
        "constant_bytes": constant_bytes(model),
        "inputs": [{**tensors[main][position[v]], "name": n} for n, v in input_names(model, main).items()],
        "outputs": [{**tensors[main][position[v]], "name": n} for n, v in output_names(model, main).items()],
        "tensors": [t for g in model.graphs for t in tensors[g]],
        "operators": [o for g in model.graphs for o in _operators(g, indices)],
        "subgraphs": [_subgraph(g, indices[g]) for g in model.graphs],
        "signatures": [
            {
                "key": s.key,
                "subgraph": indices[s.graph],
                "inputs": {n: v.name for n, v in s.inputs.items()},
                "outputs": {n: v.name for n, v in s.outputs.items()},
            }
            for s in model.signatures
        ],
        "metadata": [{"name": m.name, "bytes": int(m.buffer.data.size)} for m in model.metadata],
        "appended_bytes": len(model.tail),
    }


def constant_bytes(model: Model) -> int:
    """Returns the bytes of all constants, shared ones once."""
    buffers = {v.buffer: v.buffer.data.size for g in model.graphs for v in g.values if v.buffer is not None}
    return sum(int(size) for size in buffers.values())


def _tensor(value: Value, index: int, graph: int) -> dict[str, Any]:
    quant = value.quant or QuantParams()
    return {
        "name": value.name,
        "index": index,
        "subgraph": graph,
        "shape": None if value.type.shape is None else list(value.type.shape),
        "shape_signature": None if value.type.signature is None else list(value.type.signature),
        "dtype": value.dtype.value,
        "scale": _plain(quant.scale),
        "zero_point": _plain(quant.zero_point),
        "quantized_dimension": quant.quantized_dimension if quant.is_per_channel else None,
        "min": _plain(quant.min),
        "max": _plain(quant.max),
        "details": None if quant.details is None else type(quant.details).__name__,
        "is_constant": value.is_constant,
        "is_variable": value.is_variable,
        "is_sparse": value.sparsity is not None,
        "bytes": int(value.buffer.data.size) if value.is_constant and value.buffer is not None else 0,
    }


def _operators(graph: Graph, graphs: dict[Graph, int]) -> list[dict[str, Any]]:
    position = graph.indices()
    return [
        {"index": i, "subgraph": graphs[graph], **_operator(n, position, graphs)} for i, n in enumerate(graph.nodes)
    ]


def _operator(node: Node, position: dict[Value, int], graphs: dict[Graph, int]) -> dict[str, Any]:
    return {
        "op": node.op.name,
        "version": node.version,
        "compute": _computes_on(node),
        "inputs": [-1 if v is None else position.get(v, -1) for v in node.inputs],
        "outputs": [position.get(v, -1) for v in node.outputs],
        "intermediates": [-1 if v is None else position.get(v, -1) for v in node.intermediates],
        "attributes": attributes(node),
        "subgraphs": [graphs[g] for g in node.subgraphs],
    }


def _computes_on(node: Node) -> str:
    if is_hybrid_node(node):
        return "hybrid"
    return "float" if is_float_node(node) else "integer" if is_integer_node(node) else "other"


def attributes(node: Node) -> dict[str, Any]:
    """Returns an operator's attributes as plain data; those of an unknown one as far as its file names them."""
    if isinstance(node.op, UnknownOp):
        return {name: plain(value) for name, value in node.op.fields}
    return {f.name: plain(getattr(node.op, f.name)) for f in dataclasses.fields(node.op)}


def plain(value: Any) -> Any:
    """Returns an attribute as JSON has it."""
    if isinstance(value, enum.IntEnum):
        return value.name
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value


def _subgraph(graph: Graph, index: int) -> dict[str, Any]:
    position = graph.indices()
    return {
        "index": index,
        "name": graph.name,
        "operators": len(graph.nodes),
        "tensors": len(graph.values),
        "inputs": [position[v] for v in graph.inputs],
        "outputs": [position[v] for v in graph.outputs],
    }


def _plain(array: Array) -> Any:
    if array.size == 0:
        return None
    return array.reshape(-1)[0].item() if array.size == 1 else array.reshape(-1).tolist()
