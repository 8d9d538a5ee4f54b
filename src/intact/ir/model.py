"""Model: the graphs, entry points and metadata of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from intact.ir.graph import Buffer, Graph, Node, Value


@dataclass
class SignatureDef:
    """A named entry point: names for the inputs and outputs of a graph."""

    key: str
    graph: Graph
    inputs: dict[str, Value]
    outputs: dict[str, Value]


@dataclass(frozen=True)
class Metadata:
    """A named block of bytes that travels with a model."""

    name: str
    buffer: Buffer


@dataclass(eq=False, repr=False)
class Model:
    """A file: graphs (the first is the main one), entry points, metadata.

    Args:
        graphs: bodies; control-flow nodes and signatures refer to them by identity.
        description: free text.
        buffers: every Buffer of the file in its order, those no value uses among them.
        tail: bytes that follow the format's own (TFLite metadata keeps a zip there).
        source: what to call the model in messages; mostly the path it was read from.
        meta: facts of the file that mean nothing to the model.
    """

    graphs: list[Graph] = field(default_factory=list)
    signatures: list[SignatureDef] = field(default_factory=list)
    metadata: list[Metadata] = field(default_factory=list)
    description: str | None = None
    buffers: list[Buffer] = field(default_factory=list)
    tail: bytes = b""
    source: str = "model"
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def main(self) -> Graph:
        """The graph an interpreter runs."""
        return self.graphs[0]

    def __repr__(self) -> str:
        return f"Model({self.source!r}: {len(self.graphs)} graphs, {sum(len(g.nodes) for g in self.graphs)} nodes)"

    def nodes(self) -> Iterator[tuple[Graph, int, Node]]:
        """Every node with its graph and its position there."""
        for graph in self.graphs:
            for index, node in enumerate(graph.nodes):
                yield graph, index, node

    def signature_of(self, graph: Graph) -> SignatureDef | None:
        """The first entry point of a graph; None where it has none."""
        return next((s for s in self.signatures if s.graph is graph), None)

    def replace_port(self, graph: Graph, old: Value, new: Value) -> None:
        """Lets graph inputs, graph outputs and signatures that name `old` name `new`."""
        graph.inputs[:] = [new if v is old else v for v in graph.inputs]
        graph.outputs[:] = [new if v is old else v for v in graph.outputs]
        for entry in self.signatures:
            if entry.graph is graph:
                for ports in (entry.inputs, entry.outputs):
                    ports.update({name: new for name, v in ports.items() if v is old})

    def replace_output(self, graph: Graph, old: Value, new: Value) -> None:
        """Lets graph outputs and signature outputs that name `old` name `new`; inputs stay."""
        graph.outputs[:] = [new if v is old else v for v in graph.outputs]
        for entry in self.signatures:
            if entry.graph is graph:
                entry.outputs.update({name: new for name, v in entry.outputs.items() if v is old})

    def clone(self) -> Model:
        """Returns a copy whose spine can be edited alone; leaves and constant bytes are shared."""
        graphs = {g: Graph(g.name) for g in self.graphs}
        values: dict[Value, Value] = {}
        for graph, copy in graphs.items():
            copy.meta = dict(graph.meta)
            for value in graph.values:
                twin = values[value] = copy.add_value(Value(value.name, value.type, value.buffer))
                twin.is_variable = value.is_variable
                twin.sparsity = value.sparsity
                twin.meta = dict(value.meta)
        for value, twin in values.items():
            twin.block_scales = values[value.block_scales] if value.block_scales is not None else None
            twin.block_zero_points = values[value.block_zero_points] if value.block_zero_points is not None else None
        for graph, copy in graphs.items():
            for node in graph.nodes:
                twin_node = copy.add_node(
                    Node(
                        node.op,
                        [None if v is None else values[v] for v in node.inputs],
                        [values[v] for v in node.outputs],
                        version=node.version,
                        intermediates=[None if v is None else values[v] for v in node.intermediates],
                        subgraphs=[graphs[g] for g in node.subgraphs],
                    )
                )
                twin_node.meta = dict(node.meta)
            copy.inputs = [values[v] for v in graph.inputs]
            copy.outputs = [values[v] for v in graph.outputs]
        return Model(
            graphs=list(graphs.values()),
            signatures=[
                SignatureDef(s.key, graphs[s.graph], _mapped(s.inputs, values), _mapped(s.outputs, values))
                for s in self.signatures
            ],
            metadata=list(self.metadata),
            description=self.description,
            buffers=list(self.buffers),
            tail=self.tail,
            source=self.source,
            meta=dict(self.meta),
        )


def _mapped(ports: dict[str, Value], values: dict[Value, Value]) -> dict[str, Value]:
    return {name: values[value] for name, value in ports.items()}
