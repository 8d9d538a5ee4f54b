"""Scales that kernels would refuse beside others, widened before anything is stored."""

from __future__ import annotations

from typing import Final

from intact.arith import affine
from intact.ir.graph import Node, Value
from intact.ir.quant_rule import CLAMP_FLOOR, Activation, Weight
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.quantizer.groups import Group, Groups
from intact.quantizer.parameters import contents, parameters
from intact.quantizer.select import constraint_of, rule_of

CLAMPED_FROM_ABOVE: Final = {FusedActivation.RELU6, FusedActivation.RELU_N1_TO_1}

_ROUNDS: Final = 64
"""How often what was widened may widen something else. A floor is a small part of the scales it follows from; in every
model seen the second round changed nothing."""


def raise_floors(nodes: list[Node], groups: Groups, dtype: DType) -> None:
    """Widens scales that kernels would refuse beside those of the operands, and what that widens in turn.

    Args:
        dtype: stored type of activations.
    """
    for node in nodes:
        result = groups.of(node.outputs[0])
        result.raise_floor(rule_of(node).output_floor)
        if getattr(node.op, "fused_activation_function", FusedActivation.NONE) in CLAMPED_FROM_ABOVE:
            result.raise_floor(CLAMP_FLOOR)
        for value in node.data:
            if not value.is_constant and value not in node.outputs:
                groups.of(value).raise_floor(rule_of(node).input_floor)
    weights = {v: _weight_scale(v) for n in nodes for v in _constant_weights(n)}
    for _ in range(_ROUNDS):
        changed = False
        for node in nodes:
            finest = rule_of(node).finest
            if finest is not None:
                known = [
                    weights[v] if v in weights else _scale(v, groups, dtype)
                    for v in node.data
                    if v not in node.outputs and isinstance(constraint_of(node, v), Activation | Weight)
                ]
                changed |= groups.of(node.outputs[0]).raise_floor(finest.floor(known, dtype))
        if not changed:
            return


def widening(value: Value, group: Group, dtype: DType) -> list[str]:
    """Returns a sentence on a group whose scale is wider than its range asks for; empty where it is not."""
    if group.fixed is not None or group.range is None:
        return []
    used = float(parameters(group, dtype).scale[0])
    natural = float(parameters(Group(range=group.range), dtype).scale[0]) if group.range != (0.0, 0.0) else 0.0
    if natural == 0 or used <= natural * 1.01:
        return []
    what = f"the scale of '{value.name}' is {used:.3g} where its range asks for {natural:.3g}"
    return [f"{what}: kernels take no finer one beside the scales around it"]


def _constant_weights(node: Node) -> list[Value]:
    return [v for v in node.data if v.is_constant and isinstance(constraint_of(node, v), Weight)]


def _weight_scale(value: Value) -> float:
    """The largest scale that 8 bits give a constant weight."""
    array = value.array
    assert array is not None
    return float(affine.magnitudes(array, None)[0]) / DType.INT8.limits[1]


def _scale(value: Value, groups: Groups, dtype: DType) -> float:
    """The scale a real operand would get as of now."""
    group = Group(range=contents(value)) if value.is_constant else groups.of(value)
    return float(parameters(group, dtype).scale[0])
