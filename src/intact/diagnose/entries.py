"""Entry points: the graphs of a model that something outside may run."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import signature
from intact.quantizer.calibrate import graph_of


@dataclass(frozen=True)
class NotCompared:
    """Something of a model that was not compared, and why.

    Args:
        what: operators of one kind, a signature, or a graph.
        why: in words.
        graph: position of the graph in the model.
        index: position of the operator in its graph; None for a signature or graph.
    """

    what: str
    why: str
    graph: int = 0
    index: int | None = None

    def __str__(self) -> str:
        place = "" if self.index is None else f"node {self.index} of graph {self.graph} "
        return f"{place}{self.what}: {self.why}"


def entries(model: Model) -> list[Graph]:
    """Returns the main graph and the graphs of signatures, each once."""
    return list(dict.fromkeys([model.main, *(s.graph for s in model.signatures)]))


def chosen(model: Model, signature: str | None, *, every: bool) -> tuple[list[Graph], list[NotCompared]]:
    """Returns the entry points to look at, and those not asked for.

    Args:
        signature: a key; where None, all entry points or the main graph.
        every: which of these two.
    Raises:
        UsageError: E004 for a key that no signature has.
    """
    found = entries(model) if signature is None and every else [graph_of(model, signature)]
    left = [
        NotCompared(called(model, graph), "not asked for", model.graphs.index(graph))
        for graph in entries(model)
        if graph not in found
    ]
    return found, left


def called(model: Model, graph: Graph) -> str:
    """Returns what to call an entry point."""
    entry = model.signature_of(graph)
    return "the main graph" if entry is None else f"signature '{entry.key}'"


def bodies(graphs: list[Graph]) -> list[Graph]:
    """Returns the graphs that control flow in these graphs runs, directly or not; those themselves not among them."""
    found = dict.fromkeys(graphs)
    waiting = list(graphs)
    while waiting:
        for node in waiting.pop().nodes:
            new = [g for g in node.subgraphs if g not in found]
            found.update(dict.fromkeys(new))
            waiting += new
    return [g for g in found if g not in graphs]


def unused(model: Model) -> list[NotCompared]:
    """Returns the graphs that nothing runs."""
    run = entries(model)
    used = {*run, *bodies(run)}
    return [
        NotCompared(f"graph {i} '{g.name}'", "no signature and no operator runs it", i)
        for i, g in enumerate(model.graphs)
        if g not in used and g.nodes
    ]


def result(node: Node) -> str:
    """Returns the name of a node's first result; empty where it has none."""
    return node.outputs[0].name if node.outputs else ""


def written(node: Node) -> list[Value]:
    """Returns the variables that a node writes to."""
    names = signature(type(node.op)).names
    found = [node.inputs[o if isinstance(o, int) else names.index(o)] for o in node.op.updates]
    return [v for v in found if v is not None]
