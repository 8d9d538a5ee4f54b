"""What an integer LSTM derives from its parameters under LiteRT, for a step as arith/lstm_cell.py computes it.

Sources:
    tflite/kernels/unidirectional_sequence_lstm.cc, PopulateQuantizedLstmParams8x8_16; tflite/kernels/lstm.cc.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from intact.arith.lstm_cell import Cell
from intact.arith.lstm_gate import Factor, Gate, LayerNorm, Peephole
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import DType
from intact.ops.lstm_weights import cell_power, product
from intact.ops.quantized import scale, zero_point

_PEEPHOLES: Final = {0: 9, 1: 10, 3: 11}
"""Operand of the peephole by the gate's number: input, forget, cell, output."""


def prepare(
    name: str, site: Site, operands: Sequence[Operand | None], cell_clip: float, projection_clip: float
) -> Cell:
    """Returns what LiteRT's kernel derives from its parameters.

    Args:
        name: of the operator.
        operands: 24, as ops/lstm.py lists them.
        cell_clip, projection_clip: its attributes; the activation is taken for TANH whatever it is.
    Raises:
        UncoveredError: types or parameters that the kernel does not have.
    """
    x, output_state, cell_state = operands[0], operands[18], operands[19]
    assert x is not None and output_state is not None and cell_state is not None
    _require_types(name, site, operands)
    input_scale, state_scale = scale("input", x), scale("output_state", output_state)
    power = cell_power(cell_state)
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
            product(name, weights, None if normalized else bias, -zero_point(x), from_input),
            product(name, recurrent, None, -zero_point(output_state), from_state),
            None if peephole is None else _peephole(name, peephole, power, step, recurrent.shape),
            None if norm is None or bias is None else _norm(name, norm, bias),
        )

    forget, modulation, out = gate(1), gate(2), gate(3)
    assert forget is not None and modulation is not None and out is not None
    projection, shown_zero = None, zero_point(hidden)
    if operands[16] is not None:
        # The kernel subtracts the zero point and adds it back through the projection's bias.
        factor = scale("projection_weights", operands[16]) * hidden_scale / state_scale
        projection = product(name, operands[16], operands[17], zero_point(hidden), factor)
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


def _clip(limit: float, step: np.float32, largest: int) -> int | None:
    # What comes to 0 is no limit.
    return int(min(np.float32(limit) / step, np.float32(largest))) or None if limit > 0 else None
