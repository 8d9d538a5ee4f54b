"""CONV_2D: a window of weights slid over an image, NHWC; weights are (out channels, height, width, in channels)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from intact.arith.accumulate import Matrix, convolve
from intact.arith.calls import gemm, gemm16, pieces
from intact.arith.calls.matmul import Factor, matmul
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


@dataclass(frozen=True, eq=False)
class Convolution:
    """What a convolution is prepared to.

    Args:
        weighted: its parameters.
        groups: that channels are divided into.
    """

    weighted: Weighted
    groups: int

    @cached_property
    def matrices(self) -> tuple[Matrix, ...] | None:
        """One a group, (channels of the group, window * channels taken); None where the filter is computed."""
        weights = self.weighted.weights
        return None if weights is None else _matrices(self.weighted, weights, self.groups)


@dataclass(frozen=True)
class Conv2D(Convolution2D):
    """out[n, y, x, o] = act(bias[o] + sum over i, j, c of filter[o, i, j, c] * input[n, y*sh+i*dh, x*sw+j*dw, c]).

    A filter with fewer input channels than the input computes in groups, for which LiteRT's optimized kernels have the
    reference code alone.

    Sources:
        tflite/kernels/conv.cc; tflite/kernels/internal/reference/conv.h and integer_ops/conv.h;
        tflite/kernels/internal/optimized/integer_ops/conv.h; ruy/kernel_avx512.cc; XNNPACK
        src/operators/convolution-nhwc.c.
    """

    opcode = "CONV_2D"
    weights = {1: 0}
    hybrid = HybridRule("either", (2, 2, 5))
    rules = {
        **dict.fromkeys(RULES, INTEGERS),
        **dict.fromkeys(("dynamic", "dynamic-filter-first", "xnnpack-qd8"), ("float32",)),
    }
    options = "Conv2DOptions"
    quant = QuantRule(
        {"input": Activation(), "filter": Weight(axis=0), "bias": Bias(of=("input", "filter"))}, finest=ACCUMULATES
    )
    versions = {DType.INT8: 3, DType.INT16: 4}

    quantized_bias_type: DType = DType.FLOAT32

    def infer(self, input: Operand, filter: Operand, bias: Operand | None = None) -> tuple[TensorType, ...]:
        """One output position a window position, one channel a filter."""
        require_rank("input", input, 4)
        require_rank("filter", filter, 4)
        batch, _, _, channels = input.shape
        depth, _, _, taken = filter.shape
        if taken == 0 or channels % taken:
            raise ModelError(
                f"filter {filter.shape} takes {taken} input channels, input {input.shape} has {channels}",
                expected="input.shape[3] % filter.shape[3] == 0",
            )
        require_bias(bias, depth)
        return (TensorType(input.dtype, (batch, *self.positions(input, filter), depth)),)

    def unfit_hybrid(self, *operands: Operand | None) -> str | None:
        """As with integers; and the kernels read a bias whether there is one or not."""
        has_bias = len(operands) > 2 and operands[2] is not None
        return self.unfit(*operands) if has_bias else "no bias, which its hybrid kernels need"

    def prepare(self, site: Site, input: Operand, filter: Operand, bias: Operand | None = None) -> Convolution | Hybrid:
        """Multiplier, shift and clamp a channel; the filter as matrices.

        XNNPACK takes what `weighted.taken8` says, with a bias. LiteRT refuses an int8 or int16 filter with zero points,
        and any application without a bias.
        """
        if input.dtype == DType.FLOAT32:
            return hybrid_convolution.prepare(self.fused_activation_function, site, input, filter, bias, self.strides)
        taken = bias is not None and weighted.taken8(site, input, filter, bias, 0)
        kinds = weighted.kinds(self.opcode, input, filter, bias, self.quantized_bias_type)
        groups = input.shape[3] // filter.shape[3]
        if groups > 1:
            kinds = (*(f"{k} grouped" for k in kinds), *kinds)
        record = weighted.prepare(
            self.opcode,
            self.fused_activation_function,
            site,
            input,
            filter,
            bias,
            0,
            rule=site.rule(self.opcode, *kinds, taken=taken).name,
            filters=frozenset({DType.INT8, DType.INT4}),
        )
        return Convolution(record, groups)

    def compute(
        self, record: Convolution | Hybrid, see: See | None, input: Array, filter: Array, bias: Array | None = None
    ) -> tuple[Array, ...]:
        """The accumulators, requantized."""
        place = self.place(input.shape, filter.shape)
        if isinstance(record, Hybrid):
            return (hybrid_convolution.compute(record, see, input, place, bias),)
        shared = record.weighted
        centred = shared.centred(input)
        if see:
            see("input offset", centred.astype(np.int64))
        groups = input.shape[3] // filter.shape[3]
        matrices = record.matrices or _matrices(shared, filter, groups)
        parts = np.split(centred, groups, axis=3)
        sums = [convolve(part, place, matrix) for part, matrix in zip(parts, matrices, strict=True)]
        products = sums[0] if groups == 1 else np.concatenate(sums, axis=3)
        return (shared.requantize(products, shared.bias_of(bias), see),)

    def compile(
        self, record: Convolution | Hybrid, input: Operand, filter: Operand, bias: Operand | None = None
    ) -> Call | None:
        """A convolution; by a filter that is computed in one group alone."""
        if isinstance(record, Hybrid):
            return hybrid_convolution.call(record, input, self.place(input.shape, filter.shape), bias)
        shared = record.weighted
        place = self.place(input.shape, filter.shape)
        zero, finish = shared.input_zero_point, shared.requantize
        if shared.weights is None or (bias is not None and shared.bias is None):
            if input.shape[3] != filter.shape[3]:
                return None
            shape = (input.shape[0], *place.positions, filter.shape[0])
            depth = math.prod(filter.shape[1:])
            x = Factor(0, input.dtype.value, (math.prod(shape[:3]), depth), zero)
            y = Factor(1, filter.dtype.value, (shape[3], depth), shared.filter_zero_point, is_adjoint=True)
            third = None if bias is None else (2, bias.dtype.value)
            return matmul(x, y, finish, shape, third, (place, input.shape))
        rows = shared.centred_filter(shared.weights).reshape(filter.shape[0], -1)
        if input.shape[3] != filter.shape[3]:
            call = pieces.grouped
        else:
            call = gemm16.convolve if input.dtype == DType.INT16 else gemm.convolve
        return call(input.dtype.value, input.shape, place, rows, shared.bias, zero, finish)

    def terms(
        self, record: Convolution, at: tuple[int, ...], input: Array, filter: Array, bias: Array | None = None
    ) -> list[Term]:
        """The products under the window, those of the group's channels."""
        return terms.convolution(at, input, filter, self.place(input.shape, filter.shape), record.weighted.zeros)


def _matrices(record: Weighted, filter: Array, groups: int) -> tuple[Matrix, ...]:
    rows = record.centred_filter(filter).reshape(filter.shape[0], -1)
    return tuple(Matrix(part, record.largest_input) for part in np.split(rows, groups))
