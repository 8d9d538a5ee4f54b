"""LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM of 8 bits by the kernel of c/lstm.h, a whole sequence at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from intact.arith.calls import sums
from intact.arith.calls.gemm import folded
from intact.arith.lstm_cell import Cell
from intact.arith.lstm_gate import Factor, Gate, LayerNorm, Peephole, Product
from intact.arith.rounding import Array
from intact.native import lstm as native
from intact.native.call import Call, Held, address
from intact.native.gemm import PANEL

_HELD = 128
"""What is added to hold int8."""

Shape = tuple[int, ...]


def sequence(cell: Cell, x: Shape, states: tuple[Shape, Shape], *, time_first: bool, together: bool) -> Call | None:
    """Returns the hidden state after each step of operand 0, and both states after the last; operands 18 and 19 are
    the states before the first.

    Args:
        x: shape (batch, steps, features), or with `time_first` (steps, batch, features); without steps a single one.
        states: shapes of hidden and cell state.
        together: whether the kernel computes all samples of the batch in one go.
    """
    # The input gate last, as it may be missing.
    gates = [g for g in (cell.forget_gate, cell.cell_gate, cell.output_gate, cell.input_gate) if g is not None]
    cells, width = gates[0].recurrent.matrix.weights.shape
    steps, batch = (x[:2] if time_first else x[1::-1]) if len(x) == 3 else (1, x[0])
    if not all(map(_is_covered, gates)) or (cell.projection is None and width != cells):
        return None
    keeps: list[object] = []
    fed = _product([g.input for g in gates], keeps)
    recurrent = _product([g.recurrent for g in gates], keeps)
    projection = native.Product() if cell.projection is None else _product([cell.projection], keeps)
    place = -(-max(cells, width) // native.WIDE) * native.WIDE
    params = native.Lstm(
        fed,
        recurrent,
        projection,
        (native.Peephole * 4)(*(_peephole(g.peephole, keeps) for g in gates)),
        (native.Norm * 4)(*(_norm(g.norm, keeps) for g in gates)),
        len(gates),
        batch,
        steps,
        cells,
        width,
        place,
        batch if time_first else 1,
        1 if time_first else steps,
        together,
        15 + cell.cell_power,
        30 + cell.cell_power,
        *_limits(cell.cell_clip, 16),
        _factor(cell.hidden_factor),
        cell.hidden_zero_point,
        cell.output_zero_point,
        *_limits(cell.projection_clip, 8),
    )
    scratch = 2 * place * (3 * native.STEPS * len(gates) + 2) + sum(-(-n // 64) * 64 for n in (cells, width))
    results = Held("int8", (*x[:-1], width)), Held("int8", states[0]), Held("int16", states[1])
    return Call("lstm", params, (0, 18, 19), results, units=batch, scratch=scratch, keeps=tuple(keeps))


def _is_covered(gate: Gate) -> bool:
    return not gate.apart and all(p.factor.rule == "double-away" for p in (gate.input, gate.recurrent))


def _limits(clip: int | None, bits: int) -> tuple[int, int]:
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if clip is None else (-clip, clip)


def _factor(factor: Factor, left: int = 0) -> native.Factor:
    """Returns a factor times 2^left. x86 takes a shift count modulo 32."""
    shift = factor.shift + left
    return native.Factor(factor.multiplier, max(shift, 0) & 31, max(-shift, 0))


def _product(products: Sequence[Product], keeps: list[object]) -> native.Product:
    """Returns products of the same rows one after the other, each from a new panel on."""
    outputs, depth = products[0].matrix.weights.shape
    each = -(-outputs // PANEL)
    weights = np.zeros((len(products), each * PANEL, depth), np.int8)
    bias = np.zeros((len(products), each * PANEL), np.int32)
    for index, product in enumerate(products):
        weights[index, :outputs] = product.matrix.weights
        bias[index, :outputs] = folded(product.matrix.weights, product.bias, _HELD)
    factors = (native.Factor * (len(products) * each))(*(_factor(p.factor) for p in products for _ in range(each)))
    keeps.append(factors)
    rows = sums.matrix(weights.reshape(-1, depth), bias.reshape(-1), keeps)
    return native.Product(rows, ctypes.addressof(factors), each)


def _peephole(peephole: Peephole | None, keeps: list[object]) -> native.Peephole:
    if peephole is None:
        return native.Peephole()
    return native.Peephole(_kept(peephole.weights, np.int16, keeps), _factor(peephole.factor))


def _norm(norm: LayerNorm | None, keeps: list[object]) -> native.Norm:
    if norm is None:
        return native.Norm()
    weights, bias = _kept(norm.weights, np.int16, keeps), _kept(norm.bias, np.int32, keeps)
    return native.Norm(weights, bias, _factor(norm.factor, 12), norm.guard)


def _kept(array: Array, dtype: type[np.integer], keeps: list[object]) -> int:
    """Returns the address of a copy, which is kept."""
    copy = np.array(array, dtype)
    keeps.append(copy)
    return address(copy)
