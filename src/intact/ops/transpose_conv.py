"""TRANSPOSE_CONV: every input position adds its window to the output; weights are (out channels, h, w, in channels)."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, QuantRule, Weight
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.fitness import not_clamp
from intact.ops.shapes import integers, require_bias, require_positive, require_rank, unknown


@dataclass(frozen=True)
class TransposeConv(Op):
    """out[n, y*sh + i - top, x*sw + j - left, o] += input[n, y, x, c] * weights[o, i, j, c], then bias and activation.

    Several output sizes have the same number of window positions, so `output_shape` says which one is meant.

    Sources:
        tflite/kernels/transpose_conv.cc.
    """

    opcode = "TRANSPOSE_CONV"
    options = "TransposeConvOptions"
    quant = QuantRule(
        {"weights": Weight(axis=0), "input": Activation(), "bias": Bias(of=("input", "weights"))}, finest=ACCUMULATES
    )
    versions = {DType.INT8: 2, DType.INT16: 2}
    fused_version = 4

    padding: Padding = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE
    quantized_bias_type: DType = DType.FLOAT32

    def infer(
        self, output_shape: Operand, weights: Operand, input: Operand, bias: Operand | None = None
    ) -> tuple[TensorType, ...]:
        """`output_shape`; unknown where it is computed."""
        require_rank("output_shape", output_shape, 1)
        require_rank("weights", weights, 4)
        require_rank("input", input, 4)
        require_positive(stride_w=self.stride_w, stride_h=self.stride_h)
        depth, _, _, taken = weights.shape
        if input.shape[3] != taken:
            raise ModelError(
                f"weights {list(weights.shape)} take {taken} input channels, input {list(input.shape)}"
                f" has {input.shape[3]}",
                expected="input.shape[3] == weights.shape[3]",
            )
        require_bias(bias, depth)
        shape = integers(output_shape)
        if shape is None:
            return unknown(input.dtype)
        if len(shape) != 4 or shape[0] != input.shape[0] or shape[3] != depth:
            raise ModelError(
                f"output_shape is {list(shape)}, input {list(input.shape)}, weights {list(weights.shape)}",
                expected="(input.shape[0], height, width, weights.shape[0])",
            )
        return (TensorType(input.dtype, shape),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return not_clamp(self.fused_activation_function)
