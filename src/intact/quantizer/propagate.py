"""Ranges for values that were not observed, from those that were."""

from __future__ import annotations

from intact.ir.graph import Graph, Node, Value
from intact.ir.quant_rule import Tied
from intact.ir.types import DType
from intact.quantizer.groups import Range, union
from intact.quantizer.select import operand_name


def propagate(graph: Graph, ranges: dict[Value, Range]) -> None:
    """Adds ranges that follow from known ones, in place.

    Through operators that only move data, both ways: what comes out was put in, and what is put in comes out unless the
    operator takes a part of it. And backwards through a multiplication by one constant number, exactly.

    Args:
        graph: in execution order.
        ranges: real range of values.
    """
    for node in graph.nodes:
        for source, result in _ties(node):
            if result not in ranges and source in ranges:
                ranges[result] = ranges[source]
        gathered = _tied_result(node)
        if gathered is not None and gathered not in ranges:
            known = [ranges.get(v) for v in node.inputs if v is not None and v.dtype == DType.FLOAT32]
            total: Range | None = None
            for item in known:
                total = union(total, item)
            if total is not None and None not in known:
                ranges[gathered] = total
    for node in reversed(graph.nodes):
        for source, result in _ties(node):
            whole = source.type.size == result.type.size and not source.is_constant
            if source not in ranges and result in ranges and whole:
                ranges[source] = ranges[result]
        _through_constant_factor(node, ranges)


def _ties(node: Node) -> list[tuple[Value, Value]]:
    rule = node.op.quant
    if rule is None:
        return []
    by_name = {operand_name(node, i): v for i, v in enumerate(node.inputs)}
    pairs = []
    for index, result in enumerate(node.outputs):
        constraint = rule.output(index)
        source = by_name.get(constraint.to) if isinstance(constraint, Tied) else None
        if source is not None and result.dtype == DType.FLOAT32:
            pairs.append((source, result))
    return pairs


def _tied_result(node: Node) -> Value | None:
    """The result that a node gathers its tied operands into; None for other nodes."""
    rule = node.op.quant
    if rule is None or not node.outputs or node.outputs[0].dtype != DType.FLOAT32:
        return None
    tied = any(isinstance(rule.input(operand_name(node, i)), Tied) for i in range(len(node.inputs)))
    return node.outputs[0] if tied else None


def _through_constant_factor(node: Node, ranges: dict[Value, Range]) -> None:
    if node.op.name != "MUL" or len(node.inputs) != 2 or node.outputs[0] not in ranges:
        return
    if getattr(node.op, "fused_activation_function", 0):
        return
    for value, factor in (node.inputs, node.inputs[::-1]):
        if value is None or factor is None or value in ranges or value.is_constant:
            continue
        number = factor.array
        if number is not None and number.size == 1 and float(number.reshape(())) > 0:
            low, high = ranges[node.outputs[0]]
            ranges[value] = (low / float(number.reshape(())), high / float(number.reshape(())))
