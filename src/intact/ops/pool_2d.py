"""AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D: one number for each window of an image, channel by channel, NHWC."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.fitness import not_clamp
from intact.ops.shapes import require_positive, require_rank, slide


@dataclass(frozen=True)
class Pool2D(Op):
    """The attributes and shapes that the three share; padding takes no part in any of them.

    Sources:
        tflite/kernels/pooling.cc, GenericPrepare.
    """

    options = "Pool2DOptions"

    padding: Padding = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    filter_width: int = 1
    filter_height: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """One output position a window position, the channels of the input."""
        require_rank("input", input, 4)
        require_positive(filter_width=self.filter_width, filter_height=self.filter_height)
        batch, height, width, channels = input.shape
        window, strides = (self.filter_height, self.filter_width), (self.stride_h, self.stride_w)
        return (TensorType(input.dtype, (batch, *slide((height, width), window, strides, self.padding), channels)),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return not_clamp(self.fused_activation_function)


@dataclass(frozen=True)
class AveragePool2D(Pool2D):
    """out[n, y, x, c] = activation(mean of the window). The stored integers are averaged, so scales are one."""

    opcode = "AVERAGE_POOL_2D"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class MaxPool2D(Pool2D):
    """out[n, y, x, c] = activation(maximum of the window)."""

    opcode = "MAX_POOL_2D"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class L2Pool2D(Pool2D):
    """out[n, y, x, c] = activation(square root of the mean of squares of the window); float only."""

    opcode = "L2_POOL_2D"
