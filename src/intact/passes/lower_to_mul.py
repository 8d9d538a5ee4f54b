"""NEG, SQUARE and DIV by a constant become MUL, which has exact integer kernels where they have none or bad ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.mul import Mul
from intact.passes.pass_ import Pass


@dataclass(frozen=True)
class LowerToMul(Pass):
    """-x = x * -1; x^2 = x * x; x / c = x * (1 / c), where no element of c is zero.

    The reciprocal is rounded once, so a quotient may differ from the division's by one float32 step.
    """

    name = "lower-to-mul"

    def run(self, model: Model) -> bool:
        """Rewrites every such node on float32 numbers."""
        changed = False
        for graph in model.graphs:
            for node in list(graph.nodes):
                changed |= _lower(graph, node)
        return changed


def _lower(graph: Graph, node: Node) -> bool:
    if node.op.name not in ("NEG", "SQUARE", "DIV") or node.outputs[0].dtype != DType.FLOAT32:
        return False
    value = node.inputs[0]
    result = node.outputs[0]
    if node.op.name == "SQUARE":
        factor = value
    elif node.op.name == "NEG":
        factor = graph.add_value(Value.constant(f"{result.name}/minus_one", np.array(-1, np.float32)))
    else:
        factor = _reciprocal(graph, node)
    if factor is None:
        return False
    op = Mul(fused_activation_function=getattr(node.op, "fused_activation_function", FusedActivation.NONE))
    position = graph.nodes.index(node)
    graph.remove_node(node)
    graph.nodes.insert(position, Node(op, [value, factor], [result]))
    return True


def _reciprocal(graph: Graph, node: Node) -> Value | None:
    divisor = node.inputs[1]
    if divisor is None or divisor.array is None or not divisor.array.all():
        return None
    with np.errstate(over="ignore"):
        inverse = (1 / divisor.array.astype(np.float64)).astype(np.float32)
    if not np.isfinite(inverse).all():
        return None
    return graph.add_value(Value.constant(f"{divisor.name}/reciprocal", inverse))
