"""A step of an integer LSTM: 8-bit input and hidden state, 16-bit gates and cell state.

With x and h the stored input and hidden state, W and R weights, v = W x and r = R h for each gate:

    gate = sat16(sat16(scale(v + b_x)) + scale(r + b_h))         Q3.12; b_x = bias - zero_x * rowsum(W),
    gate = sat16(gate + scale(peephole * c))                                   b_h = -zero_h * rowsum(R)
    i, f, o = logistic(gate), g = tanh(gate)                     Q0.15
    c = sat16(round(f * c / 2^15) + round(i * g / 2^(30 + p)))   2^p is the cell state's scale
    h = sat8(scale(o * tanh(c)) + zero_hidden)                   tanh of Q(15 + p)

where scale(a) is a * multiplier / 2^31 * 2^shift. Without an input gate i is 1 - f. The forget and the input gate see
the old cell state through their peepholes, the output gate the new one. With layer normalization the bias is added
after it (`LayerNorm`). With a projection, h is projected once more.

Sources:
    tflite/kernels/lstm_eval.cc; tflite/kernels/unidirectional_sequence_lstm.cc, PopulateQuantizedLstmParams8x8_16;
    tflite/kernels/internal/reference/portable_tensor_utils.cc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith import fixed_point, sigmoid16
from intact.arith.accumulate import Matrix
from intact.arith.requantize import multiply, quantize_multiplier, shift_right_away, wrap32
from intact.arith.roots import inverse_root
from intact.errors import UncoveredError
from intact.ir.op import Operand, Site
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import scale, zero_point


@dataclass(frozen=True)
class Factor:
    """A real factor as a runtime multiplies by it.

    Args:
        real: quotient of scales, as the runtime computes it.
        multiplier: Q0.31.
        shift: bits, positive is left.
        rule: of arith/requantize.py; single-16 for sums in 64 bits, double-away for those in 32.
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
        mean = _quotient(gate.sum(axis=1, keepdims=True) * 1024, cells)
        squares = (gate * gate).sum(axis=1, keepdims=True)
        variance = _quotient(squares * ((1 << 20) // cells) - mean * mean, 1 << 20)
        root, shift = inverse_root(np.where(variance < 1, self.guard, variance))
        normal = multiply(1024 * gate - mean, root, shift)
        weighted = wrap32(normal * self.weights + self.bias)
        rounded = _quotient(weighted + np.where(weighted > 0, 512, -512), 1024)
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
        forget = logistic(self.forget_gate(x, hidden, cell, together=together))
        if self.input_gate is None:
            enter = 32767 - forget
        else:
            enter = logistic(self.input_gate(x, hidden, cell, together=together))
        modulation = fixed_point.tanh(self.cell_gate(x, hidden, cell, together=together), 3, 16)
        kept = wrap16(shift_right_away(forget * cell, 15))
        added = wrap16(shift_right_away(enter * modulation, 30 + self.cell_power))
        cell = sat16(kept + added)
        cell = clipped(cell, self.cell_clip)
        out = logistic(self.output_gate(x, hidden, cell, together=together))
        shown = out * fixed_point.tanh(cell, 15 + self.cell_power, 16)
        hidden = sat8(self.hidden_factor(shown) + self.hidden_zero_point)
        if self.projection is not None:
            hidden = clipped(sat8(self.projection(hidden) + self.output_zero_point), self.projection_clip)
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
        forget, enter = (self._logistic(g(*states, together=together)) for g in (self.forget_gate, self.input_gate))
        modulation = sigmoid16.tanh(3 * self.cell_gate(*states, together=together))
        cell = sat16(sat16(self.kept(forget * cell)) + sat16(self.added(enter * modulation)))
        cell = clipped(cell, self.cell_clip)
        out = self._logistic(self.output_gate(*states, together=together))
        wide = sigmoid16.tanh(sigmoid16.scaled(cell, self.tanh_multiplier, self.tanh_shift))
        return np.clip(self.shown(out * wide) + self.zero_point, self.low, self.high), cell

    @staticmethod
    def _logistic(gate: Array) -> Array:
        return sigmoid16.logistic(3 * gate)


def _quotient(number: Array, divisor: int) -> Array:
    # C's division of integers, which drops the fraction.
    result: Array = np.sign(number) * (np.abs(number) // divisor)
    return result


def logistic(gate: Array) -> Array:
    """Returns the logistic function of Q3.12 in Q0.15."""
    return fixed_point.logistic(gate, 3, 16)


def sat16(number: Array) -> Array:
    """Returns numbers clamped to int16, as int64."""
    result: Array = np.clip(number, -32768, 32767)
    return result


def sat8(number: Array) -> Array:
    """Returns numbers clamped to int8, as int64."""
    result: Array = np.clip(number, -128, 127)
    return result


def clipped(number: Array, limit: int | None) -> Array:
    """Returns numbers of at most a magnitude; all as they are where there is no limit."""
    return number if limit is None else np.clip(number, -limit, limit)


def wrap16(number: Array) -> Array:
    """Returns numbers as int16 holds them after an overflow, as int64."""
    result: Array = number.astype(np.int16).astype(np.int64)
    return result


Record = Cell | TableCell
"""What an integer LSTM is prepared to."""


def prepare(
    name: str,
    activation: FusedActivation,
    site: Site,
    operands: Sequence[Operand | None],
    cell_clip: float,
    projection_clip: float,
) -> Record:
    """Returns what an integer LSTM derives from its parameters.

    Args:
        name: of the operator.
        operands: 24, as the operator's file lists them.
        activation, cell_clip, projection_clip: its attributes; LiteRT's kernel takes every activation for TANH.
    Raises:
        UncoveredError: types or parameters that no integer kernel has.
    """
    x = operands[0]
    assert x is not None
    rule = site.rule(name, x.dtype.value).name
    if rule == "gemmlowp":
        return _prepare_litert(name, site, operands, cell_clip, projection_clip)
    if activation != FusedActivation.TANH:
        raise UncoveredError(f"{name} with the activation {activation.name}, not TANH")
    return _prepare_micro(name, operands, cell_clip, rule)


def _prepare_litert(
    name: str, site: Site, operands: Sequence[Operand | None], cell_clip: float, projection_clip: float
) -> Cell:
    x, output_state, cell_state = operands[0], operands[18], operands[19]
    assert x is not None and output_state is not None and cell_state is not None
    _require_types(name, site, operands)
    input_scale, state_scale = scale("input", x), scale("output_state", output_state)
    power = _power_of_two(scale("cell_state", cell_state))
    hidden = site.intermediates[4]
    if hidden is None:
        raise UncoveredError(f"{name} without the parameters of its hidden state")
    hidden_scale = scale("the hidden state", hidden)
    normalized = operands[21] is not None

    def gate(number: int) -> Gate | None:
        weights, recurrent, bias = operands[1 + number], operands[5 + number], operands[12 + number]
        if weights is None or recurrent is None:
            return None
        step, told = np.float32(2.0**-12), site.intermediates[number]
        if normalized:
            step = scale("a gate", told) if told is not None else np.float32(1)
        from_input = scale("weights", weights) * input_scale / step
        from_state = scale("weights", recurrent) * state_scale / step
        norm, peephole = operands[20 + number], operands[_PEEPHOLES[number]] if number in _PEEPHOLES else None
        return Gate(
            # Layer normalization comes between the sums and the bias.
            _product(name, weights, None if normalized else bias, -zero_point(x), from_input),
            _product(name, recurrent, None, -zero_point(output_state), from_state),
            None if peephole is None else _peephole(name, peephole, power, step, recurrent.shape),
            None if norm is None or bias is None else _norm(name, norm, bias),
        )

    forget, modulation, out = gate(1), gate(2), gate(3)
    assert forget is not None and modulation is not None and out is not None
    projection, shown_zero = None, zero_point(hidden)
    if operands[16] is not None:
        # The kernel subtracts the zero point and adds it back through the projection's bias.
        factor = scale("projection_weights", operands[16]) * hidden_scale / state_scale
        projection = _product(name, operands[16], operands[17], zero_point(hidden), factor)
        shown_zero = -shown_zero
    return Cell(
        gate(0),
        forget,
        modulation,
        out,
        power,
        _clip(cell_clip, scale("cell_state", cell_state), 32767),
        Factor.of(np.float32(2.0**-15 / np.float64(hidden_scale) * 2.0**-15)),
        shown_zero,
        projection,
        zero_point(output_state),
        _clip(projection_clip, scale("the result", site.results[0]), 127),
    )


_PEEPHOLES = {0: 9, 1: 10, 3: 11}
"""Operand of the peephole by the gate's number: input, forget, cell, output."""


def _require_types(name: str, site: Site, operands: Sequence[Operand | None]) -> None:
    def has(index: int, dtype: DType) -> bool:
        operand = operands[index]
        return operand is None or operand.dtype == dtype

    weights = [*range(1, 9), 16]
    if len(site.intermediates) != 5:
        # 12 of them call a kernel with 8-bit intermediates that computes partly in float and reads beyond its arrays.
        raise UncoveredError(f"{name} with {len(site.intermediates)} intermediates, not 5")
    fits = (
        all(has(i, DType.INT8) for i in (0, 18, *weights))
        and all(has(i, DType.INT16) for i in (9, 10, 11, 19, 20, 21, 22, 23))
        and all(has(i, DType.INT32) for i in (12, 13, 14, 15, 17))
        and site.results[0].dtype == DType.INT8
    )
    if not fits:
        types = ", ".join(sorted({o.dtype.value for o in operands if o is not None}))
        raise UncoveredError(f"{name} of {types}")


def _product(
    name: str,
    weights: Operand,
    bias: Operand | None,
    zero: int,
    factor: np.floating,
    rule: str = "double-away",
    largest: int = 128,
) -> Product:
    array, start = weights.array, None if bias is None else bias.array
    if array is None or array.ndim != 2 or (bias is not None and start is None):
        raise UncoveredError(f"{name} with weights or a bias that are computed, or with diagonal weights")
    rows = array.astype(np.int64)
    sums = zero * rows.sum(axis=1)
    # The kernel multiplies what is stored, zero point and all.
    sums = sums if start is None else sums + start.reshape(-1)
    return Product(Matrix(rows, largest), sums, Factor.of(factor, rule))


def _peephole(name: str, weights: Operand, power: int, step: np.float32, recurrent: tuple[int, ...]) -> Peephole:
    cells, width = recurrent
    if weights.array is None or width > cells:
        raise UncoveredError(f"{name} with peepholes that are computed, or a hidden state wider than the cell state")
    factor = np.float32(2.0**power * np.float64(scale("peephole weights", weights)) / np.float64(step))
    return Peephole(weights.array.reshape(-1).astype(np.int64), Factor.of(factor), width)


def _norm(name: str, coefficients: Operand, bias: Operand) -> LayerNorm:
    if coefficients.array is None or bias.array is None:
        raise UncoveredError(f"{name} with layer normalization by what is computed")
    step = scale("layer norm coefficients", coefficients)
    return LayerNorm(
        coefficients.array.reshape(-1).astype(np.int64),
        bias.array.reshape(-1).astype(np.int64),
        Factor.of(step),
        max(1, int(np.float32(10000) * step)),
    )


def _power_of_two(step: np.float32) -> int:
    exact = math.log2(float(step))
    power = round(exact)
    if abs(exact - power) >= 1e-3 or not -15 <= power <= -9:
        raise UncoveredError(f"scale {step} of the cell state is not a power of two from 2^-15 to 2^-9")
    return power


def _clip(limit: float, step: np.float32, largest: int) -> int | None:
    # What comes to 0 is no limit.
    return int(min(np.float32(limit) / step, np.float32(largest))) or None if limit > 0 else None


def _prepare_micro(name: str, operands: Sequence[Operand | None], cell_clip: float, rule: str) -> TableCell:
    x, output_state, cell_state = operands[0], operands[18], operands[19]
    assert x is not None and output_state is not None and cell_state is not None
    if any(o is None for o in (*operands[1:9], *operands[12:16])) or any(
        o is not None for o in (*operands[9:12], *operands[16:18], *operands[20:])
    ):
        raise UncoveredError(f"{name} without an input gate, or with peepholes, projection or layer normalization")
    bias = DType.INT64 if x.dtype == DType.INT16 else DType.INT32
    fits = (
        output_state.dtype == x.dtype
        and cell_state.dtype == DType.INT16
        and all(o is not None and o.dtype == DType.INT8 for o in operands[1:9])
        and all(o is not None and o.dtype == bias for o in operands[12:16])
    )
    if not fits:
        types = ", ".join(sorted({o.dtype.value for o in operands if o is not None}))
        raise UncoveredError(f"{name} of {types}")
    how = "single-16" if x.dtype == DType.INT16 else "double-away"
    largest = -x.dtype.limits[0]

    def gate(number: int) -> Gate:
        def product(weights: Operand | None, bias: Operand | None, what: Operand) -> Product:
            assert weights is not None
            # In float64, as tflite-micro's package does, though its source says float32; 2^-12 is the gate's scale.
            real = np.float64(scale("weights", weights)) * np.float64(scale("operand", what)) / 2.0**-12
            return _product(name, weights, bias, -zero_point(what), real, how, largest)

        return Gate(
            product(operands[1 + number], operands[12 + number], x),
            product(operands[5 + number], None, output_state),
            apart=rule == "table",
        )

    cell_scale, left = np.float64(scale("cell_state", cell_state)), 12 + _power_of_two(scale("cell_state", cell_state))
    limit = int(min(cell_clip / cell_scale, 32767)) if cell_clip > 0 else None
    return TableCell(
        gate(0),
        gate(1),
        gate(2),
        gate(3),
        limit or None if rule == "table-no-state" else limit,
        Factor.of(2.0**-15),
        Factor.of(2.0**-30 / cell_scale),
        Factor.of(2.0**-30 / np.float64(scale("output_state", output_state))),
        3 << max(left, 0),
        max(-left, 0),
        zero_point(output_state),
        *output_state.dtype.limits,
        rule == "table-no-state",
    )
