"""SUM becomes MEAN times the number of elements, because LiteRT's integer SUM is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.types import DType
from intact.ops.mean import Mean
from intact.ops.mul import Mul
from intact.passes.pass_ import Pass


@dataclass(frozen=True)
class LowerSum(Pass):
    """sum(x) = mean(x) * n, where n is known.

    The int8 and int16 SUM of LiteRT's reference kernels reads its operand as uint8; MEAN and MUL are exact.

    Sources:
        tflite/kernels/reduce.cc, QuantizedMeanOrSum.
    """

    name = "lower-sum"

    def run(self, model: Model) -> bool:
        """Rewrites every float32 SUM along constant axes of fixed size."""
        changed = False
        for graph in model.graphs:
            for node in list(graph.nodes):
                changed |= _lower(graph, node)
        return changed


def _lower(graph: Graph, node: Node) -> bool:
    if node.op.name != "SUM" or node.outputs[0].dtype != DType.FLOAT32:
        return False
    count = _summed(node)
    if count is None:
        return False
    op: Any = node.op
    result = node.outputs[0]
    inputs = node.inputs
    mean = graph.add_value(Value(f"{result.name}/mean", result.type))
    number = graph.add_value(Value.constant(f"{result.name}/count", np.array(count, np.float32)))
    position = graph.nodes.index(node)
    graph.remove_node(node)
    graph.nodes[position:position] = [
        Node(Mean(keep_dims=op.keep_dims), inputs, [mean]),
        Node(Mul(), [mean, number], [result]),
    ]
    return True


def _summed(node: Node) -> int | None:
    """Returns how many elements go into each sum; None where a run decides it."""
    value, axes = node.inputs
    if value is None or value.type.shape is None or axes is None or axes.array is None:
        return None
    rank = len(value.shape)
    reduced = {int(axis) % rank for axis in axes.array.reshape(-1) if -rank <= axis < rank}
    if any(size == -1 for axis, size in enumerate(value.type.signature or ()) if axis in reduced):
        return None
    return math.prod(value.shape[axis] for axis in reduced)
