"""How many products an operator sums up: what a convolution's work is measured in."""

from __future__ import annotations

from math import prod
from typing import Final

from intact.ir.graph import Node
from intact.ir.types import Shape

_LSTM_WEIGHTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 16)
"""Operands of the LSTMs that are matrices of weights."""


def products(node: Node) -> int:
    """Returns the multiply-accumulates of an application at the shapes that the model declares; 0 for other operators.

    Products with padding count: a kernel may leave them out, and the sum is the same.
    """
    shapes: list[Shape] = [() if v is None else v.shape for v in node.inputs]
    out = prod(node.outputs[0].shape) if node.outputs else 0
    match node.op.name:
        case "CONV_2D" | "FULLY_CONNECTED":
            return out * prod(shapes[1][1:])
        case "DEPTHWISE_CONV_2D":
            return out * prod(shapes[1][:3])
        case "CONV_3D":
            return out * prod(shapes[1][:4])
        case "TRANSPOSE_CONV":
            return prod(shapes[2]) * prod(shapes[1][:3])
        case "BATCH_MATMUL":
            return out * shapes[0][-2 if getattr(node.op, "adj_x", False) else -1]
        case "UNIDIRECTIONAL_SEQUENCE_LSTM" | "LSTM" if len(shapes) > 16:
            return prod(shapes[0][:-1]) * sum(prod(shapes[i]) for i in _LSTM_WEIGHTS if shapes[i])
        case "LSTM":
            return shapes[0][0] * prod(shapes[2])
        case "SVDF":
            return shapes[0][0] * (prod(shapes[1]) + prod(shapes[2]))
    return 0
