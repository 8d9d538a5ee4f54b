"""DEPTHWISE_CONV_2D: each input channel is filtered alone; weights are (1, height, width, out channels)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.accumulate import convolve_depthwise
from intact.arith.calls import depthwise, depthwise16
from intact.arith.requantize import RULES, See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, HybridRule, QuantRule, Weight
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops import hybrid_convolution, terms, weighted
from intact.ops.convolution import Convolution2D
from intact.ops.hybrid import Hybrid
from intact.ops.quantized import INTEGERS
from intact.ops.shapes import require_bias, require_rank
from intact.ops.weighted import Weighted


@dataclass(frozen=True)
class DepthwiseConv2D(Convolution2D):
    """Each of the c input channels makes m channels of its own; m is what the shapes say.

    out[n, y, x, c*m + k] = activation(bias[c*m + k]
        + sum over i, j of input[n, y*sh + i*dh, x*sw + j*dw, c] * filter[0, i, j, c*m + k]).
    `depth_multiplier` repeats m for those delegates that read it. Without a bias LiteRT 2.3 dies in its fast kernels,
    float and 8 bits alike.

    Sources:
        tflite/kernels/depthwise_conv.cc; tflite/kernels/internal/reference/integer_ops/depthwise_conv.h.
    """

    opcode = "DEPTHWISE_CONV_2D"
    weights = {1: 3}
    hybrid = HybridRule("channel", (4, 4, 6))
    rules = {**dict.fromkeys(RULES, INTEGERS), "dynamic": ("float32",), "dynamic-lanes": ("float32",)}
    options = "DepthwiseConv2DOptions"
    quant = QuantRule(
        {"input": Activation(), "filter": Weight(axis=3), "bias": Bias(of=("input", "filter"))}, finest=ACCUMULATES
    )
    versions = {DType.INT8: 3, DType.INT16: 5}

    depth_multiplier: int = 1

    def infer(self, input: Operand, filter: Operand, bias: Operand | None = None) -> tuple[TensorType, ...]:
        """One output position a window position, one channel a filter."""
        require_rank("input", input, 4)
        require_rank("filter", filter, 4)
        batch, _, _, channels = input.shape
        one, _, _, depth = filter.shape
        if one != 1:
            raise ModelError(f"filter has shape {list(filter.shape)}", expected="filter.shape[0] == 1")
        if channels == 0 or depth % channels:
            raise ModelError(
                f"filter {list(filter.shape)} makes {depth} channels, input {list(input.shape)} has {channels}",
                expected="filter.shape[3] % input.shape[3] == 0",
            )
        require_bias(bias, depth)
        return (TensorType(input.dtype, (batch, *self.positions(input, filter), depth)),)

    def unfit_hybrid(self, *operands: Operand | None) -> str | None:
        """As with integers; and the kernels read a bias whether there is one or not."""
        has_bias = len(operands) > 2 and operands[2] is not None
        return self.unfit(*operands) if has_bias else "no bias, which its hybrid kernels need"

    def prepare(self, site: Site, input: Operand, filter: Operand, bias: Operand | None = None) -> Weighted | Hybrid:
        """Multiplier, shift and clamp a channel.

        XNNPACK takes what `weighted.taken8` says, with a bias. int8 kernels ignore the zero point of a filter. There is
        no int16 kernel with an int32 bias, and the one with an int64 bias does not unpack an int4 filter.
        """
        if input.dtype == DType.FLOAT32:
            activation, multiplier = self.fused_activation_function, self.depth_multiplier
            return hybrid_convolution.prepare_depthwise(activation, site, input, filter, bias, multiplier)
        kinds = weighted.kinds(self.opcode, input, filter, bias, DType.INT64)
        taken = bias is not None and weighted.taken8(site, input, filter, bias, 3)
        return weighted.prepare(
            self.opcode,
            self.fused_activation_function,
            site,
            input,
            filter,
            bias,
            3,
            rule=site.rule(self.opcode, *kinds, taken=taken).name,
            filters=frozenset({DType.INT8} if input.dtype == DType.INT16 else {DType.INT8, DType.INT4}),
        )

    def compute(
        self, record: Weighted | Hybrid, see: See | None, input: Array, filter: Array, bias: Array | None = None
    ) -> tuple[Array, ...]:
        """The accumulators, requantized."""
        _, height, width, depth = filter.shape
        place = self.place(input.shape, filter.shape)
        if isinstance(record, Hybrid):
            return (hybrid_convolution.compute_depthwise(record, see, input, place, bias),)
        centred = record.centred(input)
        if see:
            see("input offset", centred.astype(np.int64))
        factors = record.centred_filter(filter).reshape(height, width, input.shape[3], depth // input.shape[3])
        products = convolve_depthwise(centred, place, factors, record.largest_input)
        return (record.requantize(products, record.bias_of(bias), see),)

    def compile(
        self, record: Weighted | Hybrid, input: Operand, filter: Operand, bias: Operand | None = None
    ) -> Call | None:
        """A depthwise convolution."""
        if isinstance(record, Hybrid):
            return hybrid_convolution.call_depthwise(record, input, self.place(input.shape, filter.shape), bias)
        if record.weights is None or (bias is not None and record.bias is None):
            return None
        factors = record.centred_filter(record.weights).reshape(-1, filter.shape[3])
        place = self.place(input.shape, filter.shape)
        zero, finish = record.input_zero_point, record.requantize
        wide = input.dtype == DType.INT16
        call = depthwise16.convolve_depthwise if wide else depthwise.convolve_depthwise
        return call(input.dtype.value, input.shape, place, factors, record.bias, zero, finish)

    def terms(
        self, record: Weighted, at: tuple[int, ...], input: Array, filter: Array, bias: Array | None = None
    ) -> list[Term]:
        """The products under the window, those of one input channel."""
        return terms.depthwise(at, input, filter, self.place(input.shape, filter.shape), record.zeros)
