"""A step of an integer LSTM: 8-bit input and hidden state, 16-bit gates and cell state.

With i, f, g and o what the gates of arith/lstm_gate.py come to:

    i, f, o = logistic(gate), g = tanh(gate)                     Q0.15
    c = sat16(round(f * c / 2^15) + round(i * g / 2^(30 + p)))   2^p is the cell state's scale
    h = sat8(scale(o * tanh(c)) + zero_hidden)                   tanh of Q(15 + p)

Without an input gate i is 1 - f. The forget and the input gate see the old cell state through their peepholes, the
output gate the new one. With a projection, h is projected once more.

Sources:
    tflite/kernels/lstm_eval.cc; tflite/kernels/internal/reference/portable_tensor_utils.cc.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith import fixed_point, sigmoid16
from intact.arith.c_integers import limited, sat8, sat16, wrap16
from intact.arith.lstm_gate import Factor, Gate, Product
from intact.arith.rounding import shift_right_away

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Cell:
    """What an integer LSTM is prepared to for LiteRT.

    Args:
        input_gate: None where it is 1 - forget gate.
        forget_gate, cell_gate, output_gate: the others.
        cell_power: the cell state's scale is 2^cell_power.
        cell_clip: largest magnitude of the stored cell state; None for no limit.
        hidden_factor: of the product of output gate and tanh, Q0.30, to the hidden state.
        hidden_zero_point: of the hidden state before the projection; its negative there where there is a projection.
        projection: None where there is none.
        output_zero_point: of the projected hidden state.
        projection_clip: largest magnitude of its stored numbers; None for no limit.
    """

    input_gate: Gate | None
    forget_gate: Gate
    cell_gate: Gate
    output_gate: Gate
    cell_power: int
    cell_clip: int | None
    hidden_factor: Factor
    hidden_zero_point: int
    projection: Product | None
    output_zero_point: int
    projection_clip: int | None

    def step(self, x: Array, hidden: Array, cell: Array, *, together: bool) -> tuple[Array, Array]:
        """Returns the new hidden state and the new cell state, int64.

        Args:
            x: stored integers (batch, features).
            hidden: stored integers (batch, width).
            cell: int64 (batch, cells).
            together: whether the kernel computes all samples of the batch in one go.
        """
        forget = _logistic(self.forget_gate(x, hidden, cell, together=together))
        if self.input_gate is None:
            enter = 32767 - forget
        else:
            enter = _logistic(self.input_gate(x, hidden, cell, together=together))
        modulation = fixed_point.tanh(self.cell_gate(x, hidden, cell, together=together), 3, 16)
        kept = wrap16(shift_right_away(forget * cell, 15))
        added = wrap16(shift_right_away(enter * modulation, 30 + self.cell_power))
        cell = limited(sat16(kept + added), self.cell_clip)
        out = _logistic(self.output_gate(x, hidden, cell, together=together))
        shown = out * fixed_point.tanh(cell, 15 + self.cell_power, 16)
        hidden = sat8(self.hidden_factor(shown) + self.hidden_zero_point)
        if self.projection is not None:
            hidden = limited(sat8(self.projection(hidden) + self.output_zero_point), self.projection_clip)
        return hidden, cell


@dataclass(frozen=True, eq=False)
class TableCell:
    """What an integer LSTM is prepared to for microcontrollers.

    It is put together from the kernels of other operators: logistic and tanh by the table of arith/sigmoid16.py, and
    three products that are each multiplied by a factor, rounded twice and clamped.

    Args:
        input_gate, forget_gate, cell_gate, output_gate: none of them may be missing.
        cell_clip: largest magnitude of the stored cell state; None for no limit.
        kept: factor of forget gate times cell state: 2^-15.
        added: of input gate times cell gate, to the cell state.
        shown: of output gate times tanh, to the hidden state.
        tanh_multiplier, tanh_shift: bring the cell state to 1 / (3 * 4096); the shift is to the right.
        zero_point, low, high: of the hidden state.
        forgets: whether every run starts with empty states.
    """

    input_gate: Gate
    forget_gate: Gate
    cell_gate: Gate
    output_gate: Gate
    cell_clip: int | None
    kept: Factor
    added: Factor
    shown: Factor
    tanh_multiplier: int
    tanh_shift: int
    zero_point: int
    low: int
    high: int
    forgets: bool

    def step(self, x: Array, hidden: Array, cell: Array, *, together: bool) -> tuple[Array, Array]:
        """Returns the new hidden state and the new cell state; arguments as those of `Cell.step`."""
        states = (x, hidden, cell)
        forget, enter = (_by_table(g(*states, together=together)) for g in (self.forget_gate, self.input_gate))
        modulation = sigmoid16.tanh(3 * self.cell_gate(*states, together=together))
        cell = sat16(sat16(self.kept(forget * cell)) + sat16(self.added(enter * modulation)))
        cell = limited(cell, self.cell_clip)
        out = _by_table(self.output_gate(*states, together=together))
        wide = sigmoid16.tanh(sigmoid16.scaled(cell, self.tanh_multiplier, self.tanh_shift))
        return np.clip(self.shown(out * wide) + self.zero_point, self.low, self.high), cell


def _logistic(gate: Array) -> Array:
    # Of Q3.12 in Q0.15.
    return fixed_point.logistic(gate, 3, 16)


def _by_table(gate: Array) -> Array:
    # The same, by the table.
    return sigmoid16.logistic(3 * gate)
