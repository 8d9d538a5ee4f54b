"""Removal of what no output depends on."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import UnknownOp
from intact.passes.pass_ import Pass


@dataclass(frozen=True)
class Prune(Pass):
    """Nodes whose results nothing reads, and values that nothing reads, makes or names.

    Nodes that do more than compute results stay: those that write a state, run a graph, or that intact does not know.
    Bytes that no value stands on any more are left out where the model is written.
    """

    name = "prune"

    def run(self, model: Model) -> bool:
        """Works backwards from outputs, signatures and nodes with effects."""
        changed = False
        for graph in model.graphs:
            named = {
                value
                for entry in model.signatures
                if entry.graph is graph
                for ports in (entry.inputs, entry.outputs)
                for value in ports.values()
            }
            changed |= _prune(graph, named)
        return changed


def _prune(graph: Graph, named: set[Value]) -> bool:
    needed: set[Node] = set()
    waiting = [node for node in graph.nodes if _has_effect(node)]
    waiting += [value.producer for value in (*graph.outputs, *named) if value.producer is not None]
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting += [v.producer for v in node.inputs if v is not None and v.producer is not None]
    dead = [node for node in graph.nodes if node not in needed]
    for node in dead:
        node.detach()
    graph.nodes[:] = [node for node in graph.nodes if node in needed]
    return graph.prune(keep=named) + len(dead) > 0


def _has_effect(node: Node) -> bool:
    return (
        isinstance(node.op, UnknownOp)
        or not node.outputs
        or bool(node.subgraphs)
        or any(value is not None and value.is_variable for value in node.inputs)
    )
