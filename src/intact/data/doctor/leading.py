"""What a network does to its input before anything else: (x - mean) / deviation, written into the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.ir.graph import Node, Value
from intact.ir.types import Array

_MOVES: Final = {"RESHAPE", "TRANSPOSE", "PAD", "EXPAND_DIMS", "SQUEEZE", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"}


@dataclass(frozen=True, eq=False)
class Leading:
    """x becomes factor * x + term, both float64, of one number or one a channel.

    Args:
        nodes: what computes it, in order.
    """

    factor: Array
    term: Array
    nodes: tuple[Node, ...]

    @property
    def scale(self) -> float:
        """Returns how much of x becomes 1: the deviation it is divided by."""
        return float(1 / np.abs(self.factor).mean())

    @property
    def size(self) -> float:
        """Returns about how large the x is that it brings near 1."""
        return max(self.scale, float(np.abs(self.centre).mean()))

    @property
    def centre(self) -> Array:
        """Returns the x that becomes 0: the mean that is taken away."""
        return np.atleast_1d(-self.term / self.factor)

    @property
    def expects_bytes(self) -> bool:
        """True where it brings 0 to 255, or more, near 1.

        Divided by 32 and more, a number of 1 would vanish: of pixels the deviation is 50 to 75, half the width 127.5.
        Taken away without a division, the mean of pixels is near 100; nothing of the size of 1 has such a mean.
        """
        centre = self.centre
        return self.scale >= 32 or (self.scale == 1 and bool(((centre > 64) & (centre < 192)).all()))

    @property
    def expects_units(self) -> bool:
        """True where it centres 0 to 1: 2 x - 1, or mean and deviation of pixels that were divided by 255."""
        centre = self.centre
        return 0.05 <= self.scale <= 1 and bool(((centre > 0.2) & (centre < 0.8)).all())

    def __str__(self) -> str:
        factor, term = float(np.mean(self.factor)), float(np.mean(self.term))
        sign = "+" if term >= 0 else "-"
        return f"x * {factor:.4g} {sign} {abs(term):.4g} ({', '.join(node.op.name for node in self.nodes)})"


def leading(value: Value) -> Leading | None:
    """Returns what is done to an input first; None where nothing is, or it has several readers."""
    factor, term = np.ones(1), np.zeros(1)
    nodes: list[Node] = []
    while len(value.uses) == 1:
        ((node, operand),) = value.uses
        if node.op.name in _MOVES and operand == 0:
            value = node.outputs[0]
            continue
        step = _affine(node, operand)
        if step is None:
            break
        try:
            factor, term = factor * step[0], term * step[0] + step[1]
        except ValueError:  # a moved axis: constants of different lengths
            return None
        nodes.append(node)
        value = node.outputs[0]
    if not nodes or not np.all(factor) or not np.isfinite(factor).all() or not np.isfinite(term).all():
        return None
    return Leading(factor, term, tuple(nodes))


def _affine(node: Node, operand: int) -> tuple[Array, Array] | None:
    """Returns factor and term of a MUL, DIV, ADD or SUB with a constant of a few numbers; None for all else."""
    if node.op.name not in ("MUL", "DIV", "ADD", "SUB") or getattr(node.op, "fused_activation_function", 0) != 0:
        return None
    other = node.inputs[1 - operand]
    numbers = None if other is None else constant(other)
    if numbers is None or numbers.size > 4 or (operand == 1 and node.op.name in ("DIV", "SUB")):
        return None
    c, one, zero = numbers.reshape(-1).astype(np.float64), np.ones(1), np.zeros(1)
    if node.op.name == "DIV" and not np.all(c):
        return None
    match node.op.name:
        case "MUL":
            return c, zero
        case "DIV":
            return 1 / c, zero
        case "ADD":
            return one, c
        case _:
            return one, -c


def constant(value: Value) -> Array | None:
    """Returns the contents of a float constant, of one that is stored as float16 too; None for all else."""
    producer = value.producer
    if producer is not None and producer.op.name == "DEQUANTIZE" and producer.inputs[0] is not None:
        value = producer.inputs[0]
    return value.array if value.dtype.is_float else None
