"""Finds PRELU where a converter spelled it out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.errors import ModelError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import infer
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.ops.prelu import PRelu
from intact.passes.pass_ import Pass


@dataclass(frozen=True)
class FusePrelu(Pass):
    """relu(x) + c * relu(-x) becomes PRELU with alpha = -c, and relu(x) + c * (x - |x|) PRELU with alpha = 2c.

    c is a product of constants and signs. As integers the chain would round five times and lose the small slope.
    """

    name = "fuse-prelu"

    def run(self, model: Model) -> bool:
        """Rewrites every float32 ADD and SUB that ends such a pattern; the rest of it is left without a reader."""
        changed = False
        for graph in model.graphs:
            for node in list(graph.nodes):
                changed |= _fuse(graph, node)
        return changed


def _fuse(graph: Graph, node: Node) -> bool:
    if node.op.name not in {"ADD", "SUB"} or node.outputs[0].dtype != DType.FLOAT32:
        return False
    if getattr(node.op, "fused_activation_function", None) != FusedActivation.NONE:
        return False
    left, right = node.inputs
    sign = -1 if node.op.name == "SUB" else 1
    pairs = [(left, right, sign)] if sign < 0 else [(left, right, 1), (right, left, 1)]
    for positive, negative, factor in pairs:
        x = _read_by("RELU", positive)
        slope = _slope(negative, x) if x is not None else None
        if x is None or slope is None:
            continue
        alpha = Value.constant(f"{node.outputs[0].name}/alpha", (factor * slope).astype(np.float32))
        try:
            infer(PRelu(), [x, alpha])
        except ModelError:
            continue
        graph.add_value(alpha)
        node.op, node.version = PRelu(), 1
        node.set_inputs([x, alpha])
        return True
    return False


def _slope(value: Value | None, x: Value) -> Array | None:
    """Returns c, float64, where the value is c * min(x, 0); None where it is not."""
    slope = np.array(1.0)
    while value is not None and value.producer is not None:
        node = value.producer
        if getattr(node.op, "fused_activation_function", FusedActivation.NONE) != FusedActivation.NONE:
            return None
        match node.op.name, node.inputs:
            case "RELU", (operand,):
                return -slope if _read_by("NEG", operand) is x else None
            case "SUB", (minuend, subtrahend):
                return 2 * slope if minuend is x and _read_by("ABS", subtrahend) is x else None
            case "NEG", (operand,):
                slope, value = -slope, operand
            case "MUL", (one, other):
                factor, value = (other, one) if other is not None and other.array is not None else (one, other)
                if factor is None or factor.array is None:
                    return None
                slope = slope * factor.array
            case _:
                return None
    return None


def _read_by(name: str, value: Value | None) -> Value | None:
    """Returns what an operator of that name computes the value from; None where another does."""
    node = value.producer if value is not None else None
    return node.inputs[0] if node is not None and node.op.name == name else None
