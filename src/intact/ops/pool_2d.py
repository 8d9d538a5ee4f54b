"""AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D: one number for each window of an image, channel by channel, NHWC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls.pool import average_pool, max_pool
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops import terms
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.fitness import not_clamp
from intact.ops.quantized import EIGHT_BITS, INTEGERS, clamp
from intact.ops.reduction import reach
from intact.ops.shapes import require_positive, require_rank, slide
from intact.ops.windows import window
from intact.ops.xnnpack import takes8

_TYPES: Final = (DType.INT8, DType.UINT8, DType.INT16)


@dataclass(frozen=True, eq=False)
class Pooled:
    """What a pooling is prepared to.

    Args:
        rule: of those of the operator.
        low, high: smallest and largest stored result.
    """

    rule: str
    low: int
    high: int


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

    def pooled(self, site: Site, input: Operand, *, taken: bool) -> Pooled:
        """Returns rule and clamp. UncoveredError for types that no integer kernel has."""
        result = site.results[0]
        if input.dtype not in _TYPES or result.dtype != input.dtype:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value} to {result.dtype.value}")
        rule = site.rule(self.opcode, input.dtype.value, taken=taken).name
        return Pooled(rule, *clamp(self.fused_activation_function, result, even=rule == "largest-clamped-even"))

    def place(self, input: Array | Operand) -> Window:
        """Returns where the window stands."""
        size, strides = (self.filter_height, self.filter_width), (self.stride_h, self.stride_w)
        return window(input.shape, size, strides, self.padding)


@dataclass(frozen=True)
class AveragePool2D(Pool2D):
    """out[n, y, x, c] = activation(mean of the window). The stored integers are averaged, so scales are one.

    With acc the sum of the stored integers inside the image and n how many they are, the rule "away" is
    acc / n to the nearest integer, ties away from zero, where n is halved downwards first: sign(acc) *
    floor((|acc| + floor(n / 2)) / n).

    Sources:
        tflite/kernels/internal/reference/integer_ops/pooling.h; tflite/kernels/internal/reference/pooling.h for uint8.
    """

    opcode = "AVERAGE_POOL_2D"
    rules = {"away": INTEGERS}
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand) -> Pooled:
        """The clamp."""
        return self.pooled(site, input, taken=False)

    def compute(self, record: Pooled, see: See | None, input: Array) -> tuple[Array, ...]:
        """Sums and how many elements are in each."""
        place = self.place(input)
        acc = place.views(place.pad(input.astype(np.int32))).sum(axis=(3, 4), dtype=np.int32)
        inside = np.ones((1, *input.shape[1:3], 1), np.int32)
        number = place.views(place.pad(inside)).sum(axis=(3, 4), dtype=np.int32)
        mean = np.sign(acc) * ((np.abs(acc) + number // 2) // number)
        result = np.clip(mean, record.low, record.high)
        if see:
            see("accumulator", acc.astype(np.int64))
            see("shifted", mean.astype(np.int64))
            see("clamped", result.astype(np.int64))
        return (result.astype(input.dtype),)

    def compile(self, record: Pooled, input: Operand) -> Call | None:
        """Averages."""
        return average_pool(input.dtype.value, input.shape, self.place(input), record.low, record.high)

    def reach(self, record: Pooled, input: Operand) -> tuple[Array, Array] | None:
        """As many codes as a window has inside the declared image."""
        number = min(self.filter_height, input.shape[1]) * min(self.filter_width, input.shape[2])
        return reach(number, input.dtype, 0)

    def terms(self, record: Pooled, at: tuple[int, ...], input: Array) -> list[Term]:
        """The codes under the window."""
        under = terms.under_window(at, input, self.place(input))
        return [terms.plain(input, (at[0], row, column, at[3])) for _, _, row, column in under]


@dataclass(frozen=True)
class MaxPool2D(Pool2D):
    """out[n, y, x, c] = activation(maximum of the window).

    Rules, which differ in how the ends of the activation are rounded:

        largest                half away from zero
        largest-clamped-even   half to even, after the zero point is added

    Sources:
        tflite/kernels/internal/reference/integer_ops/pooling.h; XNNPACK src/subgraph/max-pooling-2d.c.
    """

    opcode = "MAX_POOL_2D"
    rules = {"largest": INTEGERS, "largest-clamped-even": EIGHT_BITS}
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand) -> Pooled:
        """The clamp."""
        fits = self.stride_h <= self.filter_height and self.stride_w <= self.filter_width
        return self.pooled(site, input, taken=fits and takes8(input) and takes8(site.results[0]))

    def compute(self, record: Pooled, see: See | None, input: Array) -> tuple[Array, ...]:
        """The largest stored integers."""
        place = self.place(input)
        largest = place.views(place.pad(input, np.iinfo(input.dtype).min)).max(axis=(3, 4))
        return (np.clip(largest, record.low, record.high).astype(input.dtype),)

    def compile(self, record: Pooled, input: Operand) -> Call | None:
        """The largest stored integers."""
        return max_pool(input.dtype.value, input.shape, self.place(input), record.low, record.high)


@dataclass(frozen=True)
class L2Pool2D(Pool2D):
    """out[n, y, x, c] = activation(square root of the mean of squares of the window); float only."""

    opcode = "L2_POOL_2D"
