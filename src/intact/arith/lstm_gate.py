"""What a gate of an integer LSTM comes to before its function is applied: 8-bit states in, Q3.12 in 16 bits out.

With x and h the stored input and hidden state, W and R weights, v = W x and r = R h:

    gate = sat16(sat16(scale(v + b_x)) + scale(r + b_h))         Q3.12; b_x = bias - zero_x * rowsum(W),
    gate = sat16(gate + scale(peephole * c))                                   b_h = -zero_h * rowsum(R)

where scale(a) is a * multiplier / 2^31 * 2^shift. With layer normalization the bias is added after it (`LayerNorm`).

Sources:
    tflite/kernels/lstm_eval.cc; tflite/kernels/internal/reference/portable_tensor_utils.cc.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith.accumulate import Matrix
from intact.arith.c_integers import quotient, sat16
from intact.arith.roots import inverse_root
from intact.arith.rounding import multiply, quantize_multiplier, wrap32

Array = NDArray[Any]


@dataclass(frozen=True)
class Factor:
    """A real factor as a runtime multiplies by it.

    Args:
        real: quotient of scales, as the runtime computes it.
        multiplier: Q0.31.
        shift: bits, positive is left.
        rule: of arith/rounding.py; single-16 for sums in 64 bits, double-away for those in 32.
    """

    real: float
    multiplier: int
    shift: int
    rule: str = "double-away"

    @staticmethod
    def of(real: np.floating | float, rule: str = "double-away") -> Factor:
        """Returns a factor by its number."""
        return Factor(float(real), *quantize_multiplier(float(real)), rule)

    def __call__(self, number: Array) -> Array:
        """Returns number * real, rounded; int64."""
        return multiply(number if self.rule == "single-16" else wrap32(number), self.multiplier, self.shift, self.rule)


@dataclass(frozen=True, eq=False)
class Product:
    """Weights, a bias and a factor.

    Args:
        matrix: the weights (out, in).
        bias: int64 (out,), at the scale of weights times input; the input's zero point is in it.
        factor: of the sums.
    """

    matrix: Matrix
    bias: NDArray[np.int64]
    factor: Factor

    def __call__(self, rows: Array) -> Array:
        """Returns factor * (weights * rows + bias) for rows (n, in) of stored integers: int64 (n, out)."""
        return self.factor(self.matrix(rows).astype(np.int64) + self.bias)


@dataclass(frozen=True, eq=False)
class Peephole:
    """What a gate sees of the cell state.

    The kernel takes the width of the hidden state for that of the cell state. Where a projection makes the former
    smaller, only the first numbers of what lies in memory are added to, and the weights begin anew after each `width`
    of them.

    Args:
        weights: int64 (cells,).
        factor: of weights times cell state.
        width: of the hidden state.
    """

    weights: NDArray[np.int64]
    factor: Factor
    width: int

    def __call__(self, gate: Array, cell: Array, *, together: bool) -> Array:
        """Returns sat16(gate + factor * weights * cell).

        Args:
            gate, cell: int64 (batch, cells).
            together: whether the kernel computes all samples of the batch in one go.
        """
        batch, cells = gate.shape
        if together:
            reach = batch * self.width
            result = gate.reshape(-1).copy()
            weights = np.tile(self.weights[: self.width], batch)
            result[:reach] = sat16(result[:reach] + self.factor(weights * cell.reshape(-1)[:reach]))
            return result.reshape(batch, cells)
        result = gate.copy()
        first = np.s_[:, : self.width]
        result[first] = sat16(result[first] + self.factor(self.weights[: self.width] * cell[first]))
        return result


@dataclass(frozen=True, eq=False)
class LayerNorm:
    """Layer normalization of a gate: coefficient * (gate - mean) / deviation + bias, over the cells.

    With 10 bits more than the gate has: mean = 1024 * sum / n and variance = (sum of squares * (2^20 / n) - mean^2) /
    2^20, where each division drops the fraction; that of 2^20 by n makes the variance too small where the number of
    cells is no power of two. 1024 * gate - mean is multiplied by one over the root of the variance, then by the
    coefficient, and the bias is added; of that the 10 bits are taken off, and the factor leads to Q3.12.

    Args:
        weights: int64 (cells,), the coefficients.
        bias: int64 (cells,), at 2^-10 of the coefficients' scale.
        factor: the coefficients' scale; 12 bits more are shifted to the left.
        guard: takes the place of a variance below 1.
    """

    weights: NDArray[np.int64]
    bias: NDArray[np.int64]
    factor: Factor
    guard: int

    def __call__(self, gate: Array) -> Array:
        """Returns the normalized gate, Q3.12 as int64 (batch, cells)."""
        cells = gate.shape[1]
        mean = quotient(gate.sum(axis=1, keepdims=True) * 1024, cells)
        squares = (gate * gate).sum(axis=1, keepdims=True)
        variance = quotient(squares * ((1 << 20) // cells) - mean * mean, 1 << 20)
        root, shift = inverse_root(np.where(variance < 1, self.guard, variance))
        normal = multiply(1024 * gate - mean, root, shift)
        weighted = wrap32(normal * self.weights + self.bias)
        rounded = quotient(weighted + np.where(weighted > 0, 512, -512), 1024)
        return sat16(multiply(rounded, self.factor.multiplier, self.factor.shift + 12))


@dataclass(frozen=True, eq=False)
class Gate:
    """One gate.

    Args:
        input, recurrent: from the input and from the hidden state.
        peephole: from the cell state; None where there is none.
        norm: layer normalization; None where there is none.
        apart: whether what comes from the hidden state is clamped before it is added.
    """

    input: Product
    recurrent: Product
    peephole: Peephole | None = None
    norm: LayerNorm | None = None
    apart: bool = False

    def __call__(self, x: Array, hidden: Array, cell: Array, *, together: bool) -> Array:
        """Returns what the gate's function is applied to: int64 (batch, cells)."""
        recurrent = self.recurrent(hidden)
        gate = sat16(sat16(self.input(x)) + (sat16(recurrent) if self.apart else recurrent))
        if self.peephole is not None:
            gate = self.peephole(gate, cell, together=together)
        return gate if self.norm is None else self.norm(gate)
