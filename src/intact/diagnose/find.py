"""Which operator of a model is meant, and which of its graphs has to run to see it at work."""

from __future__ import annotations

from intact.errors import UsageError
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.port import output_names


def find(model: Model, op: int | None, tensor: str | None, graph: int | None = None) -> tuple[Graph, int]:
    """Returns the graph and the position of the operator that is asked for.

    Args:
        op: position of the operator in the graph; or
        tensor: name of its result.
        graph: number of the graph. Where None a position counts in graph 0, and a name that graph 0 does not have is
            looked for in all others.
    Raises:
        UsageError: E003 for none or both, or a position or graph that is not there; E004 for a tensor that no operator
            makes, or that several graphs have.
    """
    require_whole("op", op)
    require_whole("graph", graph)
    if (op is None) == (tensor is None):
        raise UsageError("an operator is named by its position or by its result", expected="one of op and tensor")
    if graph is not None and not 0 <= graph < len(model.graphs):
        raise UsageError(f"there is no graph {graph}", expected=f"0 to {len(model.graphs) - 1}", where=model.source)
    first = model.graphs[graph or 0]
    if op is not None:
        if not first.nodes:
            raise UsageError(f"there is no operator {op}", expected="a graph with operators", where=model.source)
        if not 0 <= op < len(first.nodes):
            raise UsageError(f"there is no operator {op}", expected=f"0 to {len(first.nodes) - 1}", where=model.source)
        return first, op
    index = _maker(model, first, tensor or "")
    if index is not None:
        return first, index
    others = model.graphs[1:] if graph is None else []
    found = [(g, i) for g in others for i in [_maker(model, g, tensor or "")] if i is not None]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(str(model.graphs.index(g)) for g, _ in found)
        raise UsageError(
            f"tensor '{tensor}' is a result in several graphs", code="E004", expected=f"one of the graphs {numbers}"
        )
    if any(v.name == tensor for v in first.values):
        raise UsageError(
            f"tensor '{tensor}' is an input or a constant", code="E004", expected="a result", where=model.source
        )
    raise UsageError(
        f"there is no tensor '{tensor}'",
        code="E004",
        fix="`intact inspect --full` lists the tensors",
        where=model.source,
    )


def require_whole(name: str, number: object) -> None:
    """Raises UsageError for what is neither an integer nor None."""
    if number is not None and (isinstance(number, bool) or not hasattr(number, "__index__")):
        raise UsageError(f"{name} is {number!r}", expected="an integer")


def entry(model: Model, graph: Graph) -> Graph:
    """Returns the graph to run so that a graph runs: itself, or for a body of control flow what calls it."""
    seen = [graph]
    for body in seen:
        seen += [g for g in model.graphs if g not in seen and any(body in n.subgraphs for n in g.nodes)]
    called = [b for g in model.graphs for n in g.nodes for b in n.subgraphs]
    roots = [g for g in seen if g not in called]
    return next((g for g in roots if g is model.main), roots[0] if roots else graph)


def _maker(model: Model, graph: Graph, tensor: str) -> int | None:
    named = output_names(model, graph).get(tensor)
    made = (i for i, node in enumerate(graph.nodes) for v in node.outputs if v.name == tensor or named is v)
    return next(made, None)
