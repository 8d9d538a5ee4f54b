"""Computes now what follows exactly from constants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from intact.ir.graph import Buffer, Node
from intact.ir.model import Model
from intact.ir.op import infer
from intact.ir.sparse import densify
from intact.ir.types import Array, DType
from intact.passes.pass_ import Pass
from intact.passes.rewrite import is_port


@dataclass(frozen=True)
class FoldConstants(Pass):
    """DEQUANTIZE of float16, DENSIFY, RESHAPE, TRANSPOSE and NEG of constants become constants, to the bit.

    Weights stored as float16 or sparse are float32 and dense afterwards, as every kernel uses them.
    """

    name = "fold-constants"

    def run(self, model: Model) -> bool:
        """Goes through nodes in order, so that one folded node's result is a constant for the next."""
        changed = False
        for graph in model.graphs:
            for node in list(graph.nodes):
                fold = _FOLDS.get(node.op.name)
                if fold is None or is_port(model, graph, node.outputs[0]):
                    continue
                if any(v in graph.inputs for v in node.inputs):
                    continue  # what a file has of an input does not count
                array = fold(node)
                if array is None:
                    continue
                result = node.outputs[0]
                graph.remove_node(node)
                result.buffer = Buffer(array)
                result.type = replace(result.type, shape=array.shape, signature=None)
                changed = True
        return changed


def _dequantize(node: Node) -> Array | None:
    source = node.inputs[0]
    if source is None or source.dtype != DType.FLOAT16 or source.array is None:
        return None
    return source.array.astype(np.float32)


def _densify(node: Node) -> Array | None:
    source = node.inputs[0]
    return None if source is None or not source.is_constant else densify(source)


def _move(node: Node) -> Array | None:
    """RESHAPE and TRANSPOSE: the same elements, where both operands are constants."""
    source = node.inputs[0]
    if source is None or source.array is None:
        return None
    if node.op.name == "TRANSPOSE":
        perm = node.inputs[1]
        return None if perm is None or perm.array is None else source.array.transpose(perm.array)
    (inferred,) = infer(node.op, node.inputs)
    return None if inferred.shape is None else source.array.reshape(inferred.shape)


def _negate(node: Node) -> Array | None:
    source = node.inputs[0]
    if source is None or source.array is None or not source.dtype.is_float:
        return None
    return np.negative(source.array)


_FOLDS: Final[dict[str, Callable[[Node], Array | None]]] = {
    "DEQUANTIZE": _dequantize,
    "DENSIFY": _densify,
    "RESHAPE": _move,
    "TRANSPOSE": _move,
    "NEG": _negate,
}
