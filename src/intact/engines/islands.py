"""Islands: runs of operators that the exact engine leaves to LiteRT, cut out as models of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from intact.engines.litert import Session
from intact.errors import EngineError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.types import Array

_UNPACKING: Final = frozenset({"DEQUANTIZE", "DENSIFY"})


def unpacks(graph: Graph, node: Node) -> bool:
    """True for a node that brings constants, such as weights, into another form: it may run at any time."""
    return node.op.name in _UNPACKING and all(
        v is None or graph.is_constant(v) or (v.producer is not None and unpacks(graph, v.producer))
        for v in node.inputs
    )


class Island:
    """Consecutive nodes of a graph that run on LiteRT; loaded when first run.

    What they read of nodes that unpack constants is unpacked in the island once more: LiteRT's kernels compute in
    another order of sums, or are others altogether, where weights are no constants.

    Args:
        model, graph: what they are part of.
        nodes: in execution order.
        resolver: the set of kernels; the reference kernels where None.
    """

    def __init__(self, model: Model, graph: Graph, nodes: Sequence[Node], resolver: str | None) -> None:
        self.nodes = tuple(nodes)
        self._inside = _with_unpacking(graph, self.nodes)
        made = {v for node in self._inside for v in node.outputs}
        read = dict.fromkeys(v for node in self._inside for v in node.inputs if v is not None)
        self.reads = [v for v in read if v not in made and not graph.is_constant(v) and not v.is_variable]
        self.makes = [v for node in nodes for v in node.outputs]
        self._model, self._graph, self._resolver = model, graph, resolver or "reference"
        self._session: Session | None = None
        self._variables: dict[Value, Value] = {}
        self._lock = threading.Lock()

    def run(self, known: dict[Value, Array]) -> None:
        """Adds the results of all nodes to what is known.

        Raises:
            EngineError: E502 for what nothing computes, and where LiteRT fails; E501 where it refuses the nodes.
        """
        with self._lock:
            if self._session is None:
                # What the model declares of shapes in its midst holds for the default sizes of its inputs.
                self._session = Session(self._cut_out(known), resolver=self._resolver, any_shape=True)
            feeds = {p.name: self._of(v, known) for p, v in zip(self._session.inputs, self.reads, strict=True)}
            found = self._session.run(feeds)
        known.update(zip(self.makes, found.values(), strict=True))

    def reset(self) -> None:
        """Sets variables back to their initial state."""
        if self._session is not None:
            self._session.reset()

    def variables(self) -> Iterator[tuple[Value, Array]]:
        """Yields each variable that the nodes read with its contents; none before the first run."""
        if self._session is not None:
            for twin, array in self._session.variables():
                if twin in self._variables:
                    yield self._variables[twin], array

    def _of(self, value: Value, known: Mapping[Value, Array]) -> Array:
        if value not in known:
            raise EngineError(f"tensor '{value.name}' has no contents", where=self._model.source)
        return known[value]

    def _cut_out(self, known: Mapping[Value, Array]) -> Model:
        twin = self._model.clone()
        graph = twin.graphs[self._model.graphs.index(self._graph)]
        nodes = dict(zip(self._graph.nodes, graph.nodes, strict=True))
        values = dict(zip(self._graph.values, graph.values, strict=True))
        kept = [nodes[n] for n in self._inside]
        for node in [n for n in graph.nodes if n not in set(kept)]:
            graph.remove_node(node)
        graph.nodes = kept
        graph.inputs = [values[v] for v in self.reads]
        for value in self.reads:
            # A file may leave shapes in its midst open, which at the border of a model stand for a scalar.
            values[value].type = replace(value.type, shape=self._of(value, known).shape)
            # What a file has of an input would make it a constant to LiteRT.
            values[value].buffer = None
        graph.outputs = [values[v] for v in self.makes]
        self._variables = {
            values[v]: v for node in self._inside for v in node.inputs if v is not None and v.is_variable
        }
        twin.graphs.remove(graph)
        twin.graphs.insert(0, graph)
        twin.signatures = []
        graph.prune()
        return twin


def _with_unpacking(graph: Graph, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Returns nodes after those that unpack the constants they read, each before its reader."""
    found: dict[Node, None] = {}

    def take(node: Node) -> None:
        for value in node.inputs:
            if value is not None and value.producer is not None and unpacks(graph, value.producer):
                take(value.producer)
        found[node] = None

    for node in nodes:
        take(node)
    return tuple(found)
