import pytest

from case import Case, State, weights
from intact.errors import ModelError
from intact.ops.attributes import FusedActivation
from intact.ops.unidirectional_sequence_rnn import UnidirectionalSequenceRNN

TANH = FusedActivation.TANH

CASES = [
    Case(
        UnidirectionalSequenceRNN(fused_activation_function=TANH),
        [(2, 5, 3), weights(4, 3), weights(4, 4), weights(4), State((2, 4))],
    ),
    Case(
        UnidirectionalSequenceRNN(time_major=True, fused_activation_function=TANH),
        [(5, 2, 3), weights(4, 3), weights(4, 4), weights(4), State((2, 4))],
    ),
]


def test_state_has_a_row_a_sample() -> None:
    with pytest.raises(ModelError, match=r"hidden_state has shape \[2, 4\]; expected shape \[5, 4\]"):
        Case(UnidirectionalSequenceRNN(), [(5, 2, 3), weights(4, 3), weights(4, 4), weights(4), State((2, 4))]).model()
