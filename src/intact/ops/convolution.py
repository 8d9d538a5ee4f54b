"""What CONV_2D and DEPTHWISE_CONV_2D have in common: a window of weights slid over an image, NHWC."""

from __future__ import annotations

from dataclasses import dataclass

from intact.arith.accumulate import Window
from intact.ir.op import Op, Operand
from intact.ir.types import Shape
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.fitness import not_clamp
from intact.ops.shapes import slide
from intact.ops.windows import window


@dataclass(frozen=True)
class Convolution2D(Op):
    """The attributes and the places of the window; a filter's dimensions 1 and 2 are rows and columns."""

    padding: Padding = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1

    @property
    def strides(self) -> tuple[int, int]:
        """Of rows and columns."""
        return self.stride_h, self.stride_w

    @property
    def dilations(self) -> tuple[int, int]:
        """Of rows and columns."""
        return self.dilation_h_factor, self.dilation_w_factor

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return not_clamp(self.fused_activation_function)

    def positions(self, input: Operand, filter: Operand) -> tuple[int, int]:
        """Returns how many rows and columns the result has."""
        _, height, width, _ = input.shape
        _, window_h, window_w, _ = filter.shape
        return slide((height, width), (window_h, window_w), self.strides, self.padding, self.dilations)

    def place(self, input: Shape, filter: Shape) -> Window:
        """Returns where the window stands, from the shapes of the operands."""
        return window(input, (filter[1], filter[2]), self.strides, self.padding, self.dilations)
