"""Puts the user's own operators back where a rewritten model stays in float after all.

Rewriting (quantizer/prepare.py) pays where the result is integer. Elsewhere it would only round floats differently, and
report operators that the user's model does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op
from intact.ir.order import in_order

Reasons = dict[Node, str | None]
"""Why a node stays in float; None for one that does not."""

BESIDE: Final = "beside float operators"


@dataclass(frozen=True)
class Original:
    """A node as it was before rewriting."""

    op: Op
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    intermediates: tuple[Value | None, ...]
    subgraphs: tuple[Graph, ...]
    version: int
    meta: dict[str, Any]

    def is_now(self, node: Node) -> bool:
        """True for a node that was not rewritten."""
        return node.op is self.op and node.inputs == self.inputs and node.version == self.version

    def node(self) -> Node:
        """Returns it anew."""
        made = Node(
            self.op,
            self.inputs,
            self.outputs,
            version=self.version,
            intermediates=self.intermediates,
            subgraphs=self.subgraphs,
        )
        made.meta = dict(self.meta)
        return made


def originals(model: Model) -> dict[Value, Original]:
    """Returns how each value of a model is computed as of now."""
    return {
        value: Original(
            node.op, node.inputs, node.outputs, node.intermediates, node.subgraphs, node.version, dict(node.meta)
        )
        for *_, node in model.nodes()
        for value in node.outputs
    }


def restore(graph: Graph, reasons: Reasons, before: Mapping[Value, Original], beside: str = BESIDE) -> None:
    """Replaces every rewritten node that stays in float by what it was made of, in place.

    Args:
        graph: a rewritten graph.
        reasons: why its nodes stay in float; those of the nodes put back are added.
        before: what `originals` returned before the rewriting.
        beside: the reason of what was part of a node, as batch normalization of a convolution.
    """
    for node in list(graph.nodes):
        reason = reasons.get(node)
        original = before.get(node.outputs[0]) if node.outputs else None
        if reason is None or original is None or original.is_now(node):
            continue
        helpers = (value.producer for value in node.inputs if value is not None and value not in before)
        reason = next((r for n in helpers if n is not None and (r := reasons.get(n))), reason)
        position = graph.nodes.index(node)
        graph.remove_node(node)
        made = _rebuilt(original, before)
        graph.nodes[position:position] = made
        named = any(n.op.name == node.op.name for n in made)
        reasons.update({n: reason if n.op.name == node.op.name or not named else beside for n in made})
        held = set(graph.values)
        read = [v for n in made for v in (*n.inputs, *n.outputs, *n.intermediates) if v is not None]
        graph.values += [v for v in dict.fromkeys(read) if v not in held]
    for node in reversed(list(graph.nodes)):
        if node.outputs and not any(v in before or v.uses for v in node.outputs):
            graph.remove_node(node)  # a part of what a node was made of
    graph.nodes = in_order(graph)


def users_node(node: Node, before: Mapping[Value, Original]) -> tuple[str, str]:
    """Returns the operator of the user's model that a node is, or is a part of, and the name of that one's result."""
    node = _user_of(node, before)
    if not node.outputs:
        return node.op.name, ""
    result = node.outputs[0]
    return before[result].op.name if result in before else node.op.name, result.name


def results_of_parts(node: Node, before: Mapping[Value, Original]) -> list[Value]:
    """Returns the results of the user's operators that a node computes, the first operator's first."""
    found = [part for value in _user_of(node, before).outputs for part in _parts(value, before)]
    return list(dict.fromkeys(found))


def _user_of(node: Node, before: Mapping[Value, Original]) -> Node:
    """The node that makes a result of the user's model for which another was added; any other node itself."""
    while node.outputs and node.outputs[0] not in before and node.outputs[0].uses:
        node = node.outputs[0].uses[0][0]
    return node


def _parts(value: Value, before: Mapping[Value, Original]) -> list[Value]:
    if value not in before:
        return []
    read = (v for v in before[value].inputs if v is not None and v.producer is None)
    return [part for v in read for part in _parts(v, before)] + [value]


def _rebuilt(original: Original, before: Mapping[Value, Original]) -> list[Node]:
    """The node, behind those that made what it read and are gone."""
    made = []
    for value in original.inputs:
        if value is not None and value.producer is None and value in before:
            made += _rebuilt(before[value], before)
    return [*made, original.node()]
