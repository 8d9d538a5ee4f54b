"""Questions and edits that several passes share."""

from __future__ import annotations

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op


def is_port(model: Model, graph: Graph, value: Value) -> bool:
    """True where somebody outside reads or writes the value: an input or output of the graph or of a signature."""
    entries = [entry for entry in model.signatures if entry.graph is graph]
    named = [ports for entry in entries for ports in (entry.inputs.values(), entry.outputs.values())]
    return any(value is port for ports in (graph.inputs, graph.outputs, *named) for port in ports)


def sole_reader(model: Model, graph: Graph, value: Value) -> Node | None:
    """Returns the node that alone reads the value, and reads it once; None where anything else sees it."""
    uses = value.uses
    return uses[0][0] if len(uses) == 1 and not is_port(model, graph, value) else None


def fused_version(op: Op) -> int | None:
    """Returns the lowest operator version whose kernels clamp the result as the op says; None where none do."""
    return op.fused_version if hasattr(op, "fused_activation_function") else None


def absorb(graph: Graph, node: Node, into: Node) -> None:
    """Removes a node and lets the one it read from compute its result instead."""
    result = node.outputs[0]
    graph.remove_node(node)
    into.replace_output(0, result)
