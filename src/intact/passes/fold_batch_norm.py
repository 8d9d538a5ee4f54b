"""Folds scales and shifts of channels, as batch normalization leaves them, into the weights before them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op, signature
from intact.ir.quant_rule import Bias, Weight
from intact.ir.types import Array, DType, Shape
from intact.ops.attributes import FusedActivation, WeightsFormat
from intact.passes.pass_ import Pass
from intact.passes.rewrite import absorb, fused_version, sole_reader

_ARITHMETIC: Final = frozenset({"MUL", "DIV", "ADD", "SUB"})


@dataclass(frozen=True)
class _Weighted:
    """Where an operator keeps its weights and bias, and along which dimension of the weights its output channels run.

    `version` is the lowest that reads a bias and a fused activation.
    """

    weights: int
    axis: int
    bias: int
    version: int

    @classmethod
    def of(cls, op: Op) -> _Weighted | None:
        """What the operator's quantization rule says of it; None for one without such operands."""
        version = fused_version(op)
        if op.quant is None or version is None:
            return None
        names = signature(type(op)).names
        for index, name in enumerate(names):
            bias = op.quant.input(name)
            for factor in bias.of if isinstance(bias, Bias) else ():
                weight = op.quant.input(factor)
                if isinstance(weight, Weight) and weight.axis is not None:
                    return cls(names.index(factor), weight.axis, index, version)
        return None


@dataclass(frozen=True)
class FoldBatchNorm(Pass):
    """conv(x, w, b) * m + a = conv(x, w * m, b * m + a), for any chain of MUL, DIV, ADD and SUB by constants.

    The constants are scalars or have one number a channel. The chain is composed in float64 and rounded once. It ends
    with an operator that has a fused activation, which becomes that of the weighted operator.
    """

    name = "fold-batch-norm"

    def run(self, model: Model) -> bool:
        """Folds the chain behind each operator with float32 weights that has no activation of its own."""
        changed = False
        for graph in model.graphs:
            for node in list(graph.nodes):
                place = _Weighted.of(node.op)
                if place is not None:
                    changed |= _fold(model, graph, node, place)
        return changed


def _fold(model: Model, graph: Graph, node: Node, place: _Weighted) -> bool:
    op: Any = node.op
    weights = node.inputs[place.weights]
    bias = node.inputs[place.bias] if len(node.inputs) > place.bias else None
    default_layout = getattr(op, "weights_format", WeightsFormat.DEFAULT) == WeightsFormat.DEFAULT
    if op.fused_activation_function != FusedActivation.NONE or not default_layout:
        return False
    if weights is None or weights.dtype != DType.FLOAT32 or weights.array is None:
        return False
    if bias is not None and (bias.dtype != DType.FLOAT32 or bias.array is None):
        return False
    channels = weights.shape[place.axis]
    chain, scale, shift = _chain(model, graph, node.outputs[0], channels)
    if not chain:
        return False
    along = [1] * len(weights.shape)
    along[place.axis] = channels
    with np.errstate(all="ignore"):
        new_weights = (weights.array * scale.reshape(along)).astype(np.float32)
        new_bias = ((0 if bias is None else bias.array) * scale + shift).astype(np.float32)
    if not (np.isfinite(new_weights).all() and np.isfinite(new_bias).all()):
        return False
    inputs = [*node.inputs, *[None] * (place.bias + 1 - len(node.inputs))]
    inputs[place.weights] = graph.add_value(Value.constant(weights.name, new_weights))
    bias_name = f"{node.outputs[0].name}/bias" if bias is None else bias.name
    inputs[place.bias] = graph.add_value(Value.constant(bias_name, new_bias))
    node.set_inputs(inputs)
    last: Any = chain[-1].op
    node.op = replace(op, fused_activation_function=last.fused_activation_function)
    node.version = max(node.version, place.version)
    for link in chain:
        absorb(graph, link, node)
    return True


def _chain(model: Model, graph: Graph, value: Value, channels: int) -> tuple[list[Node], Array, Array]:
    """Returns the nodes behind a value that scale and shift its channels, and what they do together.

    Returns:
        The nodes in order; scale and shift: float64 (channels,).
    """
    chain: list[Node] = []
    scale, shift = np.ones(channels), np.zeros(channels)
    while True:
        reader = sole_reader(model, graph, value)
        if reader is None or reader.op.name not in _ARITHMETIC or value.type.shape is None:
            return chain, scale, shift
        op: Any = reader.op
        position = reader.inputs.index(value)
        number = _per_channel(reader.inputs[1 - position], value.shape, channels)
        if number is None or not op.fused_activation_function.is_clamp or (op.name == "DIV" and position == 1):
            return chain, scale, shift
        with np.errstate(all="ignore"):
            match op.name:
                case "MUL":
                    scale, shift = scale * number, shift * number
                case "DIV":
                    scale, shift = scale / number, shift / number
                case "ADD":
                    shift = shift + number
                case "SUB" if position == 0:
                    shift = shift - number
                case _:
                    scale, shift = -scale, number - shift
        chain.append(reader)
        value = reader.outputs[0]
        if op.fused_activation_function != FusedActivation.NONE:
            return chain, scale, shift


def _per_channel(value: Value | None, shape: Shape, channels: int) -> Array | None:
    """Returns a constant's numbers as float64 (channels,); None where it has other than one for all or each channel."""
    if value is None or value.array is None or value.dtype != DType.FLOAT32 or len(value.shape) > len(shape):
        return None
    if value.array.size == 1 or (value.array.size == channels == value.shape[-1]):
        return np.broadcast_to(value.array.astype(np.float64).reshape(-1), (channels,))
    return None
