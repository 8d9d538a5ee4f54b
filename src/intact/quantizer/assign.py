"""Which scale and zero point every operand gets: operators' rules, ties between values, and calibrated ranges.

Each value has one set of parameters. Where an operator demands other ones for an operand (the scale it shares with its
result, a symmetric one for a computed weight), that operand alone is requantized on its way in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from intact.arith import affine
from intact.ir.graph import Graph, Node, Value
from intact.ir.quant_rule import Activation, Bias, Fixed, Tied, Weight
from intact.ir.types import DType, QuantParams
from intact.quantizer.floors import raise_floors, widening
from intact.quantizer.groups import Group, Groups, Range, holds
from intact.quantizer.parameters import contents, parameters, weight_parameters
from intact.quantizer.select import operand_name, rule_of, select
from intact.quantizer.treatment import Treatment

SLACK = 0.02
"""How much wider than its own a range may be that a value takes over for a reader's sake: 0.17 dB of its precision."""


@dataclass
class Assignment:
    """What becomes of a graph.

    Args:
        treatments: of all nodes, as the recipe has it.
        verdicts: nodes that compute on floats; None for those that become integer, else the reason they do not.
        params: parameters of every value an integer node reads or makes, by the stored type of the node's activations;
            constants aside.
        operands: parameters of single operands that differ from their value's, constants with own parameters included.
        notes: scales that were widened, a sentence each.
    """

    graph: Graph
    treatments: dict[Node, Treatment]
    verdicts: dict[Node, str | None]
    params: dict[tuple[Value, DType], QuantParams] = field(default_factory=dict)
    operands: dict[tuple[Node, int], QuantParams] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def is_integer(self, node: Node) -> bool:
        """True for a node that becomes integer."""
        return node in self.verdicts and self.verdicts[node] is None

    def floats(self) -> list[tuple[Node, Treatment]]:
        """The nodes that stay in float, with what the recipe has for them."""
        return [(n, self.treatments[n]) for n in self.graph.nodes if not self.is_integer(n)]

    def types(self) -> list[DType]:
        """Stored types of activations of the nodes that become integer, in the order of the graph."""
        return list(dict.fromkeys(self.treatments[n].activation for n in self.graph.nodes if self.is_integer(n)))


def assign(
    graph: Graph,
    ranges: Mapping[DType, dict[Value, Range]],
    treatments: dict[Node, Treatment],
    explicit: Collection[Node] = (),
) -> Assignment:
    """Returns the parameters of every operand of a graph in execution order.

    Nodes of one stored type are seen for themselves: what comes from others, or goes to them, is requantized.

    Args:
        ranges: real range of each computed float value, finite, for each stored type of activations.
        treatments: of all nodes.
        explicit: nodes that the user named.
    """
    plan = Assignment(graph, treatments, select(graph, ranges, treatments, explicit))
    for dtype in plan.types():
        nodes = [n for n in graph.nodes if plan.is_integer(n) and treatments[n].activation == dtype]
        _assign_type(plan, nodes, ranges[dtype], dtype)
    return plan


def _assign_type(plan: Assignment, nodes: list[Node], ranges: dict[Value, Range], dtype: DType) -> None:
    groups = _groups(plan, nodes, ranges, dtype)
    raise_floors(nodes, groups, dtype)
    made: dict[int, QuantParams] = {}

    def params(value: Value) -> QuantParams:
        group = groups.of(value)
        if id(group) not in made:
            made[id(group)] = parameters(group, dtype)
            plan.notes += widening(value, group, dtype)
        return made[id(group)]

    for node in nodes:
        rule = rule_of(node)
        for index, value in enumerate(node.inputs):
            constraint = rule.input(operand_name(node, index))
            if value is None or value.dtype != DType.FLOAT32:
                continue
            if isinstance(constraint, Tied):
                wanted = params(node.outputs[0])
                if value.is_constant or params(value) != wanted:
                    plan.operands[node, index] = wanted
            elif isinstance(constraint, Activation) and value.is_constant:
                moved = _moved_into(node, index)
                plan.operands[node, index] = params(moved) if moved else parameters(Group(range=contents(value)), dtype)
            elif isinstance(constraint, Weight) and not value.is_constant:
                treatment = plan.treatments[node]
                floor = _floor_for_bias(node, index, params) if treatment.bias == DType.INT32 else 0.0
                plan.operands[node, index] = weight_parameters(groups.of(value), treatment.weight, floor)
        for value in (*node.inputs, *node.outputs):
            if value is not None and value.dtype == DType.FLOAT32 and not value.is_constant:
                plan.params[value, dtype] = params(value)


def _groups(plan: Assignment, nodes: list[Node], ranges: dict[Value, Range], dtype: DType) -> Groups:
    groups = Groups(ranges)
    mine = set(nodes)
    for node in nodes:
        rule = rule_of(node)
        by_name = {operand_name(node, i): v for i, v in enumerate(node.inputs)}
        for index, result in enumerate(node.outputs):
            constraint = rule.output(index)
            if isinstance(constraint, Fixed):
                groups.of(result).fixed = constraint.params[dtype]
            elif isinstance(constraint, Tied):
                source = by_name[constraint.to]
                if source is not None and not source.is_constant:
                    groups.join(source, result)
                elif source is not None and source.array is not None:
                    groups.of(result).range = contents(source)
    for node in nodes:
        _inherit_fixed(groups, node)
    # Inputs that must share their result's scale, the last node first: what a chain of them ends in decides.
    for node in reversed(nodes):
        rule = rule_of(node)
        for index, value in enumerate(node.inputs):
            if value is None or value.is_constant or not isinstance(rule.input(operand_name(node, index)), Tied):
                continue
            if _may_adopt(plan.graph, mine, groups, value, node):
                groups.adopt(value, node.outputs[0])
    return groups


def _inherit_fixed(groups: Groups, node: Node) -> None:
    """Lets a result take the scale that kernels fixed for all operands it is tied to, as two SOFTMAX joined."""
    tied = [
        v
        for i, v in enumerate(node.inputs)
        if v is not None and isinstance(rule_of(node).input(operand_name(node, i)), Tied)
    ]
    fixed = {None if v.is_constant else groups.of(v).fixed for v in tied}
    if len(fixed) == 1 and None not in fixed:
        groups.of(node.outputs[0]).fixed = fixed.pop()


def _may_adopt(graph: Graph, nodes: set[Node], groups: Groups, value: Value, node: Node) -> bool:
    """True where taking over the result's parameters costs no other reader of the value any precision."""
    mine, target = groups.of(value), groups.of(node.outputs[0])
    if mine is target:
        return False
    if mine.fixed is not None:
        return mine.fixed == target.fixed
    if target.fixed is None and holds(target.range, mine.range, SLACK):
        return True
    outputs = set(graph.outputs)
    return not any(
        member in outputs or _is_read_elsewhere(nodes, groups, member, mine, node) for member in mine.members
    )


def _is_read_elsewhere(nodes: set[Node], groups: Groups, member: Value, group: Group, node: Node) -> bool:
    for reader, index in member.uses:
        if reader is node:
            continue
        if reader not in nodes:
            return True
        name = operand_name(reader, index)
        rule = rule_of(reader)
        tied_results = [
            v for i, v in enumerate(reader.outputs) if isinstance(c := rule.output(i), Tied) and c.to == name
        ]
        if isinstance(rule.input(name), Tied):
            tied_results.append(reader.outputs[0])
        if not tied_results or any(groups.of(v) is not group for v in tied_results):
            return True
    return False


def _floor_for_bias(node: Node, index: int, params: Callable[[Value], QuantParams]) -> float:
    """The scale a computed weight needs so that a constant bias at input scale times weight scale fits int32."""
    rule = rule_of(node)
    name = operand_name(node, index)
    operands = {operand_name(node, i): v for i, v in enumerate(node.inputs)}
    for position, bias in enumerate(node.inputs):
        constraint = rule.input(operand_name(node, position))
        if bias is None or bias.array is None or not isinstance(constraint, Bias) or name not in constraint.of:
            continue
        other = operands[next(n for n in constraint.of if n != name)]
        assert other is not None
        if not other.is_constant:
            scale = float(params(other).scale[0])
            # The products of a computed weight are not known; they get half the range of int32, as does the bias.
            return float(affine.weight_scale_floor(bias.array.reshape(-1), scale, np.full(1, 2.0**30)).max())
    return 0.0


def _moved_into(node: Node, index: int) -> Value | None:
    """The result that an operand's elements are moved to; None where the operator computes something else of it."""
    name = operand_name(node, index)
    rule = rule_of(node)
    for position, result in enumerate(node.outputs):
        constraint = rule.output(position)
        if isinstance(constraint, Tied) and constraint.to == name:
            return result
    return None
