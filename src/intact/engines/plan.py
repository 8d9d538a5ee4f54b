"""What runs each graph of a model, worked out before anything runs: operators prepared, islands for LiteRT, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from intact.arith.profile import Profile, Rule
from intact.engines.arrived import Arrived
from intact.engines.islands import Island, unpacks
from intact.engines.profiles import require_understood
from intact.errors import IntactError, UncoveredError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Operand
from intact.ir.order import in_order
from intact.ir.site import Site


@dataclass(frozen=True)
class Gap:
    """An operator that the engine does not cover.

    Args:
        graph, index: where it is.
        node: the application.
        why: in words.
    """

    graph: Graph
    index: int
    node: Node
    why: str

    def __str__(self) -> str:
        result = f" '{self.node.outputs[0].name}'" if self.node.outputs else ""
        return f"node {self.index} {self.node.op.name}{result}: {self.why}"


@dataclass(frozen=True)
class Prepared:
    """One node with the record its operator made, the rules of the profile that it asked for, and the defects of the
    runtime that it runs into, always or with rare data.
    """

    node: Node
    record: Any
    rules: tuple[Rule, ...] = ()
    defects: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()


Step = Prepared | Island


def nodes_of(step: Step) -> tuple[Node, ...]:
    """Returns what a step applies, in order."""
    return step.nodes if isinstance(step, Island) else (step.node,)


def plan(model: Model, profile: Profile) -> tuple[dict[Graph, list[Step]], list[Gap]]:
    """Returns the steps that run each graph, and what stands in the way of running the model at all.

    Raises:
        UsageError: E003 for a profile with an operator, a type or a rule that nothing here knows.
    """
    require_understood(profile)
    gaps: list[Gap] = []
    steps: dict[Graph, list[Step]] = {}
    for graph in model.graphs:
        index = {node: i for i, node in enumerate(graph.nodes)}
        steps[graph] = []
        waiting: list[Node] = []
        for node in in_order(graph):
            try:
                site = _site(node, profile)
                record = node.op.prepare(site, *(_operand(graph, v) for v in node.inputs))
            except (IntactError, ValueError, IndexError, TypeError, ArithmeticError) as why:
                # Parameters of no kernel, or shapes that do not fit the operator.
                if is_quantized(node):
                    gaps.append(
                        Gap(
                            graph, index[node], node, why.problem if isinstance(why, IntactError) else _unfit(node, why)
                        )
                    )
                waiting.append(node)
                continue
            # What unpacks constants needs no result of those that wait, so it does not part them.
            if waiting and not unpacks(graph, node):
                steps[graph].append(Island(model, graph, waiting, profile.resolver))
                waiting = []
            steps[graph].append(Prepared(node, record, tuple(site.asked), tuple(site.defects), tuple(site.risks)))
        if waiting:
            steps[graph].append(Island(model, graph, waiting, profile.resolver))
    return steps, gaps


def require_covered(gaps: Sequence[Gap], graph: Graph, source: str) -> None:
    """Refuses a graph with operators that are not covered.

    Raises:
        UncoveredError: E504, naming the first of them.
    """
    within = reached(graph)
    gaps = [gap for gap in gaps if gap.graph in within]
    if gaps:
        count = "1 operator has" if len(gaps) == 1 else f"{len(gaps)} operators have"
        raise UncoveredError(
            f"{count} no exact integers here: "
            + "; ".join(map(str, gaps[:3]))
            + (f"; and {len(gaps) - 3} more" if len(gaps) > 3 else ""),
            where=source,
            fix="`intact check` lists them all; --engine litert runs the model on LiteRT itself",
        )


def last_uses(graph: Graph, steps: Sequence[Step]) -> list[list[Value]]:
    """Returns for each step the values that no later one reads and that the graph does not return."""
    last: dict[Value, int] = dict.fromkeys(graph.inputs, 0)
    for index, step in enumerate(steps):
        for node in nodes_of(step):
            last.update({v: index for v in (*node.inputs, *node.outputs) if v is not None})
        if isinstance(step, Island):
            last.update(dict.fromkeys(step.reads, index))
    found: list[list[Value]] = [[] for _ in steps]
    kept = set(graph.outputs)
    for value, index in last.items():
        if steps and value not in kept:
            found[index].append(value)
    return found


def reached(graph: Graph) -> set[Graph]:
    """Returns a graph with those that its control flow runs, and theirs."""
    found: set[Graph] = set()
    waiting = [graph]
    while waiting:
        graph = waiting.pop()
        if graph not in found:
            found.add(graph)
            waiting += [body for node in graph.nodes for body in node.subgraphs]
    return found


def is_quantized(node: Node) -> bool:
    """True where a node computes on integers that stand for reals."""
    return any(v.quant is not None and v.quant.is_quantized and v.dtype.is_integer for v in node.data)


def _operand(graph: Graph, value: Value | None) -> Operand | None:
    """Returns a value without the contents that a file has of an input: each run is given others."""
    if value is None or not value.is_constant or graph.is_constant(value):
        return value
    return Arrived(value.dtype, value.shape, value.quant, block_scales=value.block_scales)


def _unfit(node: Node, fault: Exception) -> str:
    shapes = [None if v is None else v.type.shape for v in node.inputs]
    return f"operands of shapes {shapes} do not fit it ({fault})"


def _site(node: Node, profile: Profile) -> Site:
    intermediates = tuple(None if v is None else v.type for v in node.intermediates)
    return Site(profile, tuple(v.type for v in node.outputs), intermediates, node.version)
