"""STABLEHLO_COMPOSITE becomes the operators of its decomposition, where they can be quantized one by one."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.passes.pass_ import Pass


@dataclass(frozen=True)
class InlineComposite(Pass):
    """Copies the body of every composite in its place; bodies that nothing calls any more are removed.

    A composite is its decomposition by definition; a runtime may only know a faster way to the same numbers.

    Sources:
        tflite/schema/schema.fbs, StableHLOCompositeOptions.
    """

    name = "inline-composite"

    def run(self, model: Model) -> bool:
        """Inlines composites, those inside decompositions too."""
        changed = False
        for graph in model.graphs:
            while (node := next((n for n in graph.nodes if _is_composite(n)), None)) is not None:
                _inline(model, graph, node)
                changed = True
        if changed:
            _drop_uncalled(model)
        return changed


def _is_composite(node: Node) -> bool:
    if node.op.name != "STABLEHLO_COMPOSITE" or len(node.subgraphs) != 1 or None in node.inputs:
        return False
    body = node.subgraphs[0]
    return (len(body.inputs), len(body.outputs)) == (len(node.inputs), len(node.outputs))


def _inline(model: Model, graph: Graph, node: Node) -> None:
    body = node.subgraphs[0]
    twins: dict[Value, Value] = {}
    for inner, outer in zip(body.inputs, node.inputs, strict=True):
        assert outer is not None
        twins[inner] = outer
    results = dict(zip(node.outputs, body.outputs, strict=True))
    position = graph.nodes.index(node)
    graph.remove_node(node)
    for outer, inner in results.items():
        if inner in twins:
            # The decomposition hands an operand or an earlier result through.
            graph.replace_uses(outer, twins[inner])
            model.replace_port(graph, outer, twins[inner])
        else:
            twins[inner] = outer
    for value in body.values:
        if value not in twins:
            twins[value] = graph.add_value(Value(f"{node.op.name}/{value.name}", value.type, value.buffer))
            twins[value].is_variable = value.is_variable
            twins[value].sparsity = value.sparsity
            twins[value].meta = dict(value.meta)
    copies = [
        Node(
            inner.op,
            [None if v is None else twins[v] for v in inner.inputs],
            [twins[v] for v in inner.outputs],
            version=inner.version,
            intermediates=[None if v is None else twins[v] for v in inner.intermediates],
            subgraphs=inner.subgraphs,
        )
        for inner in body.nodes
    ]
    graph.nodes[position:position] = copies


def _drop_uncalled(model: Model) -> None:
    """Removes bodies that neither a node nor a signature leads to."""
    reached = {model.main, *(s.graph for s in model.signatures)}
    front = list(reached)
    while front:
        for node in front.pop().nodes:
            for body in node.subgraphs:
                if body not in reached:
                    reached.add(body)
                    front.append(body)
    model.graphs[:] = [g for g in model.graphs if g in reached]
