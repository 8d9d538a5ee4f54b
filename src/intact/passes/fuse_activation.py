"""Moves an activation into the operator before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from intact.ir.graph import Graph, Node
from intact.ir.model import Model
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.passes.pass_ import Pass
from intact.passes.rewrite import absorb, fused_version, sole_reader

_ACTIVATIONS: Final = {
    "RELU": FusedActivation.RELU,
    "RELU6": FusedActivation.RELU6,
    "RELU_N1_TO_1": FusedActivation.RELU_N1_TO_1,
}


@dataclass(frozen=True)
class FuseActivation(Pass):
    """RELU, RELU6 and RELU_N1_TO_1 become the fused activation of the operator whose result they alone read.

    Integers are then rounded and clamped in one step, and the values before the clamp need no range.
    """

    name = "fuse-activation"

    def run(self, model: Model) -> bool:
        """Fuses every such pair of float32 nodes."""
        changed = False
        for graph in model.graphs:
            for node in list(graph.nodes):
                changed |= _fuse(model, graph, node)
        return changed


def _fuse(model: Model, graph: Graph, node: Node) -> bool:
    activation = _ACTIVATIONS.get(node.op.name)
    value = node.inputs[0] if activation is not None else None
    if value is None or value.dtype != DType.FLOAT32 or sole_reader(model, graph, value) is not node:
        return False
    host = value.producer
    version = fused_version(host.op) if host is not None else None
    if host is None or version is None:
        return False
    op: Any = host.op
    if op.fused_activation_function != FusedActivation.NONE:
        return False
    host.op = replace(op, fused_activation_function=activation)
    host.version = max(host.version, version)
    absorb(graph, node, host)
    return True
