"""The first layers of a float network, alone: what they answer to samples before any activation."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.engines.litert import Session
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import UnknownOp
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.passes.fold_batch_norm import FoldBatchNorm
from intact.passes.fold_constants import FoldConstants
from intact.passes.fuse_activation import FuseActivation
from intact.passes.inline_composite import InlineComposite

WEIGHTED: Final = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "CONV_3D"}

BOUNDED: Final = {FusedActivation.RELU6, FusedActivation.RELU_N1_TO_1, FusedActivation.TANH}

_BOUNDED_OPS: Final = {"RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "TANH", "LOGISTIC"}

_BLIND: Final = {"SHAPE", "RANK"}
"""Operators that look at no number."""


@dataclass(frozen=True, eq=False)
class Head:
    """The first layer that computes with weights, of one input.

    Args:
        name: operator and result, for people.
        session: runs the network up to there, without the layer's activation.
        names: of the graph's inputs, in order.
        bias: float64 (channels,); zeros where it has none.
        is_bounded: its activation has an upper end, so that large answers are cut off.
        biases: root mean square of the biases, of this layer or, where that is larger, of three in four of all layers.
    """

    name: str
    session: Session
    names: tuple[str, ...]
    bias: Array
    is_bounded: bool
    biases: float

    def answer(self, arrays: Mapping[str, Array]) -> Array:
        """Returns what the layer answers: float32 (n, channels), before its activation."""
        feeds = {port.name: arrays[name] for port, name in zip(self.session.inputs, self.names, strict=True)}
        (result,) = self.session.run(feeds).values()
        return result.reshape(-1, result.shape[-1])


def head(model: Model, graph: Graph, source: Value, names: tuple[str, ...]) -> Head | None:
    """Returns the head of a float input; None where no layer with constant weights comes before all others.

    Batch normalization is folded first, so that a bias is what the layer adds in the end.

    Args:
        source: the input.
        names: what samples call the graph's inputs, in order.
    Raises:
        EngineError: E501 where LiteRT refuses it.
    """
    place, index = graph.inputs.index(source), model.graphs.index(graph)
    copy = model.clone()
    twin = copy.graphs[index]
    for step in (InlineComposite(), FoldConstants(), FoldBatchNorm(), FuseActivation()):
        step.run(copy)
    node = _first(twin.inputs[place])
    if node is None:
        return None
    op: Any = node.op
    is_bounded = op.fused_activation_function in BOUNDED or any(
        user.op.name in _BOUNDED_OPS for user, _ in node.outputs[0].uses
    )
    bias = _bias(node)
    channels = node.outputs[0].shape[-1] if node.outputs[0].type.shape else 1
    biases = [_size(array) for n in twin.nodes if n.op.name in WEIGHTED and (array := _bias(n)) is not None]
    typical = max(float(np.quantile(biases, 0.75)) if biases else 0.0, 0.0 if bias is None else _size(bias))
    name = f"{node.op.name} '{node.outputs[0].name.partition(';')[0]}'"  # converters join the names of what they fused
    node.op = dataclasses.replace(op, fused_activation_function=FusedActivation.NONE)
    if not _cut(copy, twin, node):
        return None
    bias = np.zeros(channels) if bias is None else bias
    return Head(name, Session(copy, twin), names, bias, is_bounded, typical)


def _cut(model: Model, graph: Graph, last: Node) -> bool:
    """Leaves of a model what a node's result needs; returns False where that is more than plain operators."""
    needed, waiting = {last}, [last]
    while waiting:
        node = waiting.pop()
        if isinstance(node.op, UnknownOp) or node.subgraphs or any(v and v.is_variable for v in node.inputs):
            return False
        makers = {v.producer for v in node.inputs if v is not None and v.producer is not None} - needed
        needed |= makers
        waiting += makers
    for node in [n for n in graph.nodes if n not in needed]:
        graph.remove_node(node)
    graph.outputs[:] = [last.outputs[0]]
    model.graphs, model.signatures = [graph], []
    graph.prune()
    return True


def _first(source: Value) -> Node | None:
    """Returns the first weighted node that an input reaches on a path of other operators; the nearest of several."""
    waiting, seen = [source], {source}
    while waiting:
        value = waiting.pop(0)
        for node, operand in value.uses:
            if node.op.name in WEIGHTED:
                if operand == 0 and node.inputs[1] is not None and node.inputs[1].is_constant:
                    return node
                return None
            if node.op.name in _BLIND:
                continue
            for result in node.outputs:
                if result not in seen:
                    seen.add(result)
                    waiting.append(result)
    return None


def _bias(node: Node) -> Array | None:
    bias = node.inputs[2] if len(node.inputs) > 2 else None
    if bias is None or bias.array is None or bias.dtype != DType.FLOAT32:
        return None
    result: Array = bias.array.reshape(-1).astype(np.float64)
    return result


def _size(array: Array) -> float:
    return float(np.sqrt(np.mean(np.square(array)))) if array.size else 0.0
