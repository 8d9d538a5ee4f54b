"""Which nodes become integer, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from intact.ir.graph import Graph, Node, Value
from intact.ir.op import UnknownOp, signature
from intact.ir.quant_rule import Activation, Bias, Constraint, Fixed, Ignored, QuantRule, Tied, Unquantized, Weight
from intact.ir.types import DType
from intact.quantizer.groups import Range
from intact.quantizer.treatment import Treatment

LEFT: Final = "the recipe leaves it in float"
"""The reason of what is to stay as it is."""


def rule_of(node: Node) -> QuantRule:
    """The quantization rule of a node that was selected."""
    assert node.op.quant is not None
    return node.op.quant


def operand_name(node: Node, index: int) -> str:
    """What the operator calls an operand."""
    return signature(type(node.op)).name(index)


def constraint_of(node: Node, operand: Value) -> Constraint:
    """What the operator demands of an operand; of the first place where it reads the value several times."""
    return rule_of(node).input(operand_name(node, node.inputs.index(operand)))


def is_neutral(node: Node) -> bool:
    """True for a node that touches no floating-point number: shapes, indices, conditions, handles."""
    return not any(v.dtype.is_float for v in node.data)


def select(
    graph: Graph,
    ranges: Mapping[DType, Mapping[Value, Range]],
    treatments: Mapping[Node, Treatment],
    explicit: Collection[Node] = (),
) -> dict[Node, str | None]:
    """Returns every node that computes on floats with the reason it stays so, or None where it becomes integer.

    The graph is in execution order. A range is needed for every value that has parameters of its own; data movers pass
    theirs on.

    Args:
        ranges: real ranges of values, for each stored type of activations.
        treatments: of all nodes.
        explicit: nodes that the user named, which become integer wherever they stand.
    """
    known = {dtype: set(found) for dtype, found in ranges.items()}
    verdicts: dict[Node, str | None] = {}
    for node in graph.nodes:
        if is_neutral(node):
            continue
        treatment = treatments[node]
        if not treatment.is_integer:
            verdicts[node] = LEFT if treatment.kind == "float" else treatment.kind
            continue
        here = known[treatment.activation]
        verdicts[node] = _reason(node, here, treatment)
        if verdicts[node] is None:
            rule = rule_of(node)
            here.update(v for i, v in enumerate(node.outputs) if isinstance(rule.output(i), Tied | Fixed))
    possible = dict(verdicts)
    _leave_borders(graph, verdicts, explicit)
    # Where that would leave everything in float, what can be integer is better than nothing.
    return verdicts if None in verdicts.values() else possible


def _reason(node: Node, known: set[Value], treatment: Treatment) -> str | None:
    if isinstance(node.op, UnknownOp):
        return "a custom operator" if node.op.code == "CUSTOM" else "an operator intact does not know"
    if node.subgraphs:
        return "control flow: its bodies stay in float"
    rule, dtype = node.op.quant, treatment.activation
    if rule is None or dtype not in rule.dtypes:
        others = rule is not None and rule.dtypes
        return f"LiteRT has no {dtype.value} kernel for it" if others and dtype != DType.INT8 else node.op.why_float
    if dtype == DType.UINT8 and node.op.versions.get(dtype, 1) > 1:
        return "the runtimes that uint8 files are for have no uint8 kernel for it"
    if any(v.is_variable for v in node.inputs if v is not None):
        return "reads a variable tensor"
    for index, value in enumerate(node.inputs):
        if value is None:
            continue
        name = operand_name(node, index)
        reason = _unfit_operand(name, value, rule.input(name), known)
        if reason is not None:
            return reason
    for index, value in enumerate(node.outputs):
        constraint = rule.output(index)
        if value.dtype.is_float and value.dtype != DType.FLOAT32:
            return f"its result is {value.dtype.value}"
        if isinstance(constraint, Activation) and value not in known:
            return "its result has no finite calibrated range"
    return node.op.unfit(*node.inputs)


def _unfit_operand(name: str, value: Value, constraint: Constraint, known: set[Value]) -> str | None:
    """Why an operand cannot be stored as integers; None where it can."""
    if isinstance(constraint, Ignored):
        return None
    if isinstance(constraint, Unquantized):
        return f"its operand '{name}' is {value.dtype.value}" if value.dtype.is_float else None
    if value.dtype != DType.FLOAT32:
        return f"its operand '{name}' is {value.dtype.value}"
    if isinstance(constraint, Bias):
        return f"its operand '{name}' is computed, not constant" if value.array is None else None
    if value.is_constant:
        return f"its constant '{name}' is stored sparse" if value.array is None else None
    return None if value in known else f"its operand '{name}' has no finite calibrated range"


def moves_data(node: Node) -> bool:
    """True for a node whose results are its operands' elements, unchanged."""
    rule = rule_of(node)
    data = [rule.input(operand_name(node, i)) for i, v in enumerate(node.inputs) if v is not None]
    results = [rule.output(i) for i in range(len(node.outputs))]
    if any(isinstance(c, Weight | Bias) for c in data):
        return False
    return any(isinstance(c, Tied) for c in (*data, *results))


def has_weights(node: Node) -> bool:
    """True for a node that multiplies and accumulates: the work integers are made for."""
    return node.op.quant is not None and any(isinstance(c, Weight) for c in node.op.quant.inputs.values())


def _leave_borders(graph: Graph, verdicts: dict[Node, str | None], explicit: Collection[Node]) -> None:
    """Leaves nodes without weights in float where they stand beside float operators alone.

    That is a node whose operands all come from float operators, and one whose results all go to such. Integers are made
    for multiplying and accumulating; around a float operator they only cost precision, and the border to integers is
    best drawn at the operators with weights.
    """
    waiting = list(graph.nodes)
    while waiting:
        node = waiting.pop()
        if verdicts.get(node, "") is not None or has_weights(node) or node in explicit:
            continue
        before = [v.producer for v in node.inputs if v is not None and not v.is_constant and v in node.data]
        after = [reader for v in node.outputs for reader, _ in v.uses if reader in verdicts]
        is_port = any(v in graph.outputs for v in node.outputs)
        behind = bool(before) and all(n is not None and verdicts.get(n) for n in before)
        ahead = bool(after) and not is_port and all(verdicts.get(n) for n in after)
        if behind or ahead:
            verdicts[node] = "only moves data beside float operators" if moves_data(node) else "beside float operators"
            waiting += [n for n in (*before, *after) if n is not None]
