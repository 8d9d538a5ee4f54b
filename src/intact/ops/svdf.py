"""SVDF: a fully connected layer over time in factors of low rank, with the past kept in a variable."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.shapes import require_bias, require_positive, require_rank, require_shape


@dataclass(frozen=True)
class Svdf(Op):
    """Each filter feeds one number a run into its memory; a unit adds `rank` memories weighted over time.

    Quantized models have it as their training left it: its state carries a scale that no range of one run shows.

    Sources:
        tflite/kernels/svdf.cc.
    """

    opcode = "SVDF"
    why_float = "as integers it needs the range of its state over time"
    options = "SVDFOptions"

    rank: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE
    asymmetric_quantize_inputs: bool = False

    def infer(
        self,
        input: Operand,
        feature_weights: Operand,
        time_weights: Operand,
        input_gate_bias: Operand | None = None,
        activation_state: Operand | None = None,
    ) -> tuple[TensorType, ...]:
        """(batch, filters // rank)."""
        require_positive(rank=self.rank)
        require_rank("input", input, 2)
        require_rank("time_weights", time_weights, 2)
        batch, features = input.shape
        filters, memory = time_weights.shape
        require_shape("feature_weights", feature_weights, filters, features)
        if filters % self.rank:
            raise ModelError(f"rank is {self.rank}, filters {filters}", expected="filters % rank == 0")
        require_bias(input_gate_bias, filters // self.rank)
        if activation_state is None:
            raise ModelError("operand 'activation_state' of SVDF is omitted", code="E203", expected="an operand there")
        require_shape("activation_state", activation_state, batch, memory * filters)
        return (TensorType(input.dtype, (batch, filters // self.rank)),)
