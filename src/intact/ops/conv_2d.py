"""CONV_2D: a window of weights slid over an image, NHWC; weights are (out channels, height, width, in channels)."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, QuantRule, Weight
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.fitness import not_clamp
from intact.ops.shapes import require_bias, require_rank, slide


@dataclass(frozen=True)
class Conv2D(Op):
    """out[n, y, x, o] = act(bias[o] + sum over i, j, c of filter[o, i, j, c] * input[n, y*sh+i*dh, x*sw+j*dw, c]).

    A filter with fewer input channels than the input computes in groups.

    Sources:
        tflite/kernels/conv.cc; tflite/kernels/internal/reference/conv.h.
    """

    opcode = "CONV_2D"
    options = "Conv2DOptions"
    quant = QuantRule(
        {"input": Activation(), "filter": Weight(axis=0), "bias": Bias(of=("input", "filter"))}, finest=ACCUMULATES
    )
    versions = {DType.INT8: 3, DType.INT16: 4}

    padding: Padding = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1
    quantized_bias_type: DType = DType.FLOAT32

    def infer(self, input: Operand, filter: Operand, bias: Operand | None = None) -> tuple[TensorType, ...]:
        """One output position a window position, one channel a filter."""
        require_rank("input", input, 4)
        require_rank("filter", filter, 4)
        batch, height, width, channels = input.shape
        depth, window_h, window_w, taken = filter.shape
        if taken == 0 or channels % taken:
            raise ModelError(
                f"filter {filter.shape} takes {taken} input channels, input {input.shape} has {channels}",
                expected="input.shape[3] % filter.shape[3] == 0",
            )
        require_bias(bias, depth)
        strides, dilations = (self.stride_h, self.stride_w), (self.dilation_h_factor, self.dilation_w_factor)
        positions = slide((height, width), (window_h, window_w), strides, self.padding, dilations)
        return (TensorType(input.dtype, (batch, *positions, depth)),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return not_clamp(self.fused_activation_function)
