from collections.abc import Sequence

import numpy as np
import pytest

from case import Case, Input, State, weights
from intact.errors import ModelError
from intact.ir.types import Shape
from intact.ops.attributes import FusedActivation, LSTMKernelType
from intact.ops.lstm import LSTM, UnidirectionalSequenceLSTM

Operands = Sequence[Shape | np.ndarray | Input | State | None]
TANH = FusedActivation.TANH


def full(shape: Shape, batch: int, cells: int = 4, projected: int | None = None, *, gate: bool = True) -> Operands:
    """20 operands of the full kernel, without peepholes."""
    width, features = projected or cells, shape[-1]
    feed = [weights(cells, features, seed=i) for i in range(4)]
    recurrence = [weights(cells, width, seed=4 + i) for i in range(4)]
    biases = [weights(cells, seed=8 + i) for i in range(4)]
    if not gate:
        feed[0] = recurrence[0] = biases[0] = None
    projection = [weights(projected, cells), None] if projected else [None, None]
    states = [State((batch, width)), State((batch, cells))]
    return [shape, *feed, *recurrence, None, None, None, *biases, *projection, *states]


BASIC = LSTM(kernel_type=LSTMKernelType.BASIC, fused_activation_function=TANH)

CASES = [
    Case(LSTM(fused_activation_function=TANH), full((2, 3), 2)),
    Case(LSTM(fused_activation_function=TANH), full((2, 3), 2, gate=False)),
    Case(LSTM(fused_activation_function=TANH), full((2, 3), 2, projected=3)),
    Case(BASIC, [(2, 3), (2, 4), weights(16, 7), weights(16), (2, 4)], version=2),
    Case(UnidirectionalSequenceLSTM(fused_activation_function=TANH), full((2, 5, 3), 2)),
    Case(UnidirectionalSequenceLSTM(fused_activation_function=TANH, time_major=True), full((5, 2, 3), 2)),
    Case(UnidirectionalSequenceLSTM(fused_activation_function=TANH), [*full((2, 5, 3), 2, projected=3), *[None] * 4]),
]


def test_number_of_operands() -> None:
    with pytest.raises(ModelError, match="LSTM has 19 operands; expected 20 or 24") as caught:
        Case(LSTM(), full((2, 3), 2)[:19]).model()
    assert caught.value.code == "E203"
    with pytest.raises(ModelError, match="basic LSTM has 2 operands; expected 5"):
        Case(BASIC, [(2, 3), (2, 4)]).model()


def test_forget_gate_is_needed() -> None:
    operands = list(full((2, 3), 2))
    operands[2] = None
    with pytest.raises(ModelError, match="operand 2 of LSTM is omitted"):
        Case(LSTM(), operands).model()


def test_weights_must_fit() -> None:
    operands = list(full((2, 3), 2))
    operands[0] = (2, 5)
    with pytest.raises(ModelError, match=r"input has shape \[2, 5\], input_to_output_weights \[4, 3\]; expected"):
        Case(LSTM(), operands).model()


def test_states_have_a_row_a_sample() -> None:
    with pytest.raises(ModelError, match=r"output_state has shape \[2, 4\]; expected 5 times 4 numbers"):
        Case(UnidirectionalSequenceLSTM(time_major=True), full((2, 5, 3), 2)).model()
