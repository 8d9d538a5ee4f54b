"""CONV_3D: a window of weights slid over a volume, NDHWC; weights are (d, h, w, in channels, out channels)."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, Bias, QuantRule, Weight
from intact.ir.types import TensorType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.shapes import require_bias, require_positive, require_rank, window_positions


@dataclass(frozen=True)
class Conv3D(Op):
    """As CONV_2D with one dimension more; float only.

    Sources:
        tflite/kernels/conv3d.cc.
    """

    opcode = "CONV_3D"
    weights = {1: 4}
    options = "Conv3DOptions"
    quant = QuantRule(
        {"input": Activation(), "filter": Weight(axis=4), "bias": Bias(of=("input", "filter"))}, dtypes=frozenset()
    )

    padding: Padding = Padding.SAME
    stride_d: int = 1
    stride_w: int = 1
    stride_h: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE
    dilation_d_factor: int = 1
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1

    def infer(self, input: Operand, filter: Operand, bias: Operand | None = None) -> tuple[TensorType, ...]:
        """One output position a window position, one channel a filter."""
        require_rank("input", input, 5)
        require_rank("filter", filter, 5)
        strides = (self.stride_d, self.stride_h, self.stride_w)
        dilations = (self.dilation_d_factor, self.dilation_h_factor, self.dilation_w_factor)
        require_positive(stride_d=self.stride_d, stride_h=self.stride_h, stride_w=self.stride_w)
        require_positive(
            dilation_d_factor=self.dilation_d_factor,
            dilation_h_factor=self.dilation_h_factor,
            dilation_w_factor=self.dilation_w_factor,
        )
        taken, channels = filter.shape[3:]
        if input.shape[4] != taken:
            raise ModelError(
                f"filter {list(filter.shape)} takes {taken} input channels, input {list(input.shape)}"
                f" has {input.shape[4]}",
                expected="input.shape[4] == filter.shape[3]",
            )
        require_bias(bias, channels)
        spatial = (
            window_positions(size, window, stride, self.padding, dilation)
            for size, window, stride, dilation in zip(
                input.shape[1:4], filter.shape[:3], strides, dilations, strict=True
            )
        )
        return (TensorType(input.dtype, (input.shape[0], *spatial, channels)),)
