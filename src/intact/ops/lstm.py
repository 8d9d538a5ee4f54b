"""LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM: a step, and a sequence of steps, of long short-term memory.

What a step computes on integers is in arith/lstm_gate.py and arith/lstm_cell.py; what it is prepared to, in
lstm_litert.py and lstm_micro.py.

Operands of the full kernel: 0 input; 1-4 input to input, forget, cell, output weights; 5-8 the same of the recurrence;
9-11 cell to input, forget, output weights; 12-15 biases; 16-17 projection weights and bias; 18-19 the variables output
state and cell state; 20-23 layer norm coefficients, left out altogether in old files. No input gate (1, 5, 12 omitted)
means that it is one minus the forget gate.

Sources:
    tflite/kernels/lstm.cc; tflite/kernels/lstm_shared.h; tflite/kernels/unidirectional_sequence_lstm.cc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.calls import lstm as calls
from intact.arith.lstm_cell import Cell, TableCell
from intact.arith.requantize import See
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import HybridRule
from intact.ir.site import Site
from intact.ir.types import Array, TensorType
from intact.native.call import Call
from intact.ops import lstm_litert, lstm_micro
from intact.ops.attributes import FusedActivation, LSTMKernelType
from intact.ops.shapes import require_rank, require_shape

_INPUT_TO_OUTPUT, _RECURRENT_TO_OUTPUT, _OUTPUT_STATE, _CELL_STATE = 4, 8, 18, 19
_PROJECTION = 16
_NEEDED = (0, 2, 3, 4, 6, 7, 8, 13, 14, 15, 18, 19)

FULL_WEIGHTS: Final = dict.fromkeys([*range(1, 12), 16], 0)
"""Positions of the full kernel's weights, with the dimension of their outputs."""

Record = Cell | TableCell
"""What an integer LSTM is prepared to."""


def _full(name: str, input: Operand, operands: Sequence[Operand | None], batch: int) -> int:
    """Returns the width of the result of the full kernel, its operands checked.

    Args:
        name: of the operator.
        operands: 20 or 24, `input` first.
        batch: rows of the states.

    Raises:
        ModelError: E203 for operands left out, E201 for shapes that do not fit.
    """
    if len(operands) not in {20, 24}:
        raise ModelError(f"{name} has {len(operands)} operands", code="E203", expected="20 or 24")
    for index in _NEEDED:
        if operands[index] is None:
            raise ModelError(f"operand {index} of {name} is omitted", code="E203", expected="an operand there")
    feed, recurrence = operands[_INPUT_TO_OUTPUT], operands[_RECURRENT_TO_OUTPUT]
    output_state, cell_state = operands[_OUTPUT_STATE], operands[_CELL_STATE]
    assert feed is not None and recurrence is not None and output_state is not None and cell_state is not None
    require_rank("input_to_output_weights", feed, 2)
    cells, taken = feed.shape
    if input.shape[-1] != taken:
        raise ModelError(
            f"input has shape {list(input.shape)}, input_to_output_weights {list(feed.shape)}",
            expected="input.shape[-1] == input_to_output_weights.shape[1]",
        )
    require_rank("recurrent_to_output_weights", recurrence, 1, 2)
    width = recurrence.shape[-1]
    require_shape("recurrent_to_output_weights", recurrence, *(cells, width)[-len(recurrence.shape) :])
    for index, operand in enumerate(operands):
        if operand is None or index in {0, _OUTPUT_STATE, _CELL_STATE}:
            continue
        what = f"operand {index} of {name}"
        if index <= _RECURRENT_TO_OUTPUT:
            require_shape(what, operand, *(feed if index <= _INPUT_TO_OUTPUT else recurrence).shape)
        elif index == _PROJECTION:
            require_shape(what, operand, width, cells)
        else:
            size = width if index == _PROJECTION + 1 else cells
            if math.prod(operand.shape) != size:
                raise ModelError(f"{what} has shape {list(operand.shape)}", expected=f"{size} numbers")
    for state, what, size in ((output_state, "output_state", width), (cell_state, "cell_state", cells)):
        if math.prod(state.shape) != batch * size:
            raise ModelError(f"{what} has shape {list(state.shape)}", expected=f"{batch} times {size} numbers")
    return width


@dataclass(frozen=True)
class LSTM(Op):
    """One step; the full kernel as above, or the basic one.

    The basic kernel's operands are input, prev_activation, weights, biases, prev_state, its results activation, state
    and two workspaces.
    """

    opcode = "LSTM"
    weights = FULL_WEIGHTS
    hybrid = HybridRule("tensor", (3, 4, 4), whole=True)
    rules = {"gemmlowp": ("int8",)}
    why_float = "as integers it needs the ranges of its gates, which are no tensors of a float model"
    options = "LSTMOptions"
    fused_version = None  # the activation is that of the cell
    updates = (_OUTPUT_STATE, _CELL_STATE)

    fused_activation_function: FusedActivation = FusedActivation.NONE
    cell_clip: float = 0.0
    proj_clip: float = 0.0
    kernel_type: LSTMKernelType = LSTMKernelType.FULL
    asymmetric_quantize_inputs: bool = False

    def unfit_hybrid(self, *operands: Operand | None) -> str | None:
        """Only the full kernel takes integer weights beside floats."""
        return None if self.kernel_type == LSTMKernelType.FULL else "the basic kernel"

    def infer(self, input: Operand, *operands: Operand | None) -> tuple[TensorType, ...]:
        """(batch, width); of the basic kernel also the state and the workspaces."""
        require_rank("input", input, 2)
        batch, features = input.shape
        if self.kernel_type == LSTMKernelType.FULL:
            return (TensorType(input.dtype, (batch, _full(self.name, input, (input, *operands), batch))),)
        if len(operands) != 4:
            raise ModelError(f"basic LSTM has {1 + len(operands)} operands", code="E203", expected="5")
        activation, weights, biases, state = operands
        if activation is None or weights is None or biases is None or state is None:
            raise ModelError("an operand of basic LSTM is omitted", code="E203", expected="5 operands")
        require_rank("prev_activation", activation, 2)
        depth = activation.shape[1]
        require_shape("prev_activation", activation, batch, depth)
        require_shape("weights", weights, 4 * depth, features + depth)
        require_shape("biases", biases, 4 * depth)
        require_shape("prev_state", state, batch, depth)
        return (
            TensorType(input.dtype, (batch, depth)),
            TensorType(state.dtype, (batch, depth)),
            TensorType(input.dtype, (batch, features + depth)),
            TensorType(state.dtype, (batch, 4 * depth)),
        )

    def prepare(self, site: Site, input: Operand, *operands: Operand | None) -> Record:
        """The parameters of a step."""
        if self.kernel_type != LSTMKernelType.FULL:
            raise UncoveredError("LSTM with the basic kernel")
        return _prepare(self, site, input, *operands)

    def compute(self, record: Record, see: See | None, input: Array, *operands: Array | None) -> tuple[Array, ...]:
        """A sequence of one step."""
        out, *states = _run(record, input[None], operands, together=True)
        return out[0], *states

    def compile(self, record: Record, input: Operand, *operands: Operand | None) -> Call | None:
        """A sequence of one step, as LiteRT computes it."""
        return _compile(record, input, operands, time_first=True)


@dataclass(frozen=True)
class UnidirectionalSequenceLSTM(Op):
    """A sequence of steps of the full kernel; with `diagonal_recurrent_tensors` the recurrent weights are diagonals."""

    opcode = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    weights = FULL_WEIGHTS
    hybrid = HybridRule("tensor", (2, 3, 3), whole=True)
    rules = {"gemmlowp": ("int8",), **dict.fromkeys(("table", "table-no-state"), ("int8", "int16"))}
    why_float = "as integers it needs the ranges of its gates, which are no tensors of a float model"
    options = "UnidirectionalSequenceLSTMOptions"
    fused_version = None  # the activation is that of the cell
    updates = (_OUTPUT_STATE, _CELL_STATE)

    fused_activation_function: FusedActivation = FusedActivation.NONE
    cell_clip: float = 0.0
    proj_clip: float = 0.0
    time_major: bool = False
    asymmetric_quantize_inputs: bool = False
    diagonal_recurrent_tensors: bool = False

    def infer(self, input: Operand, *operands: Operand | None) -> tuple[TensorType, ...]:
        """The first two dimensions of the input, the width."""
        require_rank("input", input, 3)
        width = _full(self.name, input, (input, *operands), input.shape[1 if self.time_major else 0])
        return (TensorType(input.dtype, (*input.shape[:2], width)),)

    def prepare(self, site: Site, input: Operand, *operands: Operand | None) -> Record:
        """The parameters of a step."""
        return _prepare(self, site, input, *operands)

    def compute(self, record: Record, see: See | None, input: Array, *operands: Array | None) -> tuple[Array, ...]:
        """The hidden state after each step, and both states after the last."""
        if self.time_major:
            return _run(record, input, operands, together=True)
        out, *states = _run(record, input.swapaxes(0, 1), operands, together=False)
        return out.swapaxes(0, 1), *states

    def compile(self, record: Record, input: Operand, *operands: Operand | None) -> Call | None:
        """The whole sequence, as LiteRT computes it."""
        return _compile(record, input, operands, time_first=self.time_major)


def _prepare(op: LSTM | UnidirectionalSequenceLSTM, site: Site, input: Operand, *operands: Operand | None) -> Record:
    rule = site.rule(op.name, input.dtype.value).name
    padded = (input, *operands, *[None] * (23 - len(operands)))
    if rule == "gemmlowp":
        return lstm_litert.prepare(op.name, site, padded, op.cell_clip, op.proj_clip)
    if op.fused_activation_function != FusedActivation.TANH:
        raise UncoveredError(f"{op.name} with the activation {op.fused_activation_function.name}, not TANH")
    return lstm_micro.prepare(op.name, padded, op.cell_clip, rule)


def _compile(record: Record, input: Operand, operands: Sequence[Operand | None], *, time_first: bool) -> Call | None:
    output_state, cell_state = operands[_OUTPUT_STATE - 1], operands[_CELL_STATE - 1]
    if not isinstance(record, Cell) or output_state is None or cell_state is None:
        return None
    states = output_state.shape, cell_state.shape
    return calls.sequence(record, input.shape, states, time_first=time_first, together=time_first)


def _run(record: Record, steps: Array, operands: Sequence[Array | None], *, together: bool) -> tuple[Array, ...]:
    # Operands without the input, so that all are one place lower. The states may have any shape of the right size.
    output_state, cell_state = operands[_OUTPUT_STATE - 1], operands[_CELL_STATE - 1]
    assert output_state is not None and cell_state is not None
    batch = steps.shape[1]
    hidden = output_state.reshape(batch, -1).astype(np.int64)
    cell = cell_state.reshape(batch, -1).astype(np.int64)
    if isinstance(record, TableCell) and record.forgets:
        hidden, cell = np.full_like(hidden, record.zero_point), np.zeros_like(cell)
    out = np.empty((*steps.shape[:2], hidden.shape[1]), output_state.dtype)
    for time, x in enumerate(steps):
        hidden, cell = record.step(x, hidden, cell, together=together)
        out[time] = hidden
    return (
        out,
        hidden.astype(output_state.dtype).reshape(output_state.shape),
        cell.astype(cell_state.dtype).reshape(cell_state.shape),
    )
