"""UNIDIRECTIONAL_SEQUENCE_RNN: a plain recurrent layer over a sequence."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import HybridRule
from intact.ir.types import TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.shapes import require_rank, require_shape


@dataclass(frozen=True)
class UnidirectionalSequenceRNN(Op):
    """h[t] = activation(input[t] * W' + h[t-1] * R' + bias), from the variable `hidden_state` on; out is every h.

    Sources:
        tflite/kernels/unidirectional_sequence_rnn.cc.
    """

    opcode = "UNIDIRECTIONAL_SEQUENCE_RNN"
    weights = {1: 0, 2: 0}
    hybrid = HybridRule("tensor", (2, 3, 3), whole=True)
    options = "SequenceRNNOptions"
    fused_version = None  # the activation is part of every step, not of the result

    time_major: bool = False
    fused_activation_function: FusedActivation = FusedActivation.NONE
    asymmetric_quantize_inputs: bool = False

    def infer(
        self,
        input: Operand,
        input_to_input_weights: Operand,
        recurrent_to_input_weights: Operand,
        input_gate_bias: Operand,
        hidden_state: Operand,
    ) -> tuple[TensorType, ...]:
        """The first two dimensions of the input, the units."""
        require_rank("input", input, 3)
        require_rank("input_to_input_weights", input_to_input_weights, 2)
        units = input_to_input_weights.shape[0]
        require_shape("input_to_input_weights", input_to_input_weights, units, input.shape[2])
        require_shape("recurrent_to_input_weights", recurrent_to_input_weights, units, units)
        require_shape("input_gate_bias", input_gate_bias, units)
        require_shape("hidden_state", hidden_state, input.shape[1 if self.time_major else 0], units)
        return (TensorType(input.dtype, (*input.shape[:2], units)),)
