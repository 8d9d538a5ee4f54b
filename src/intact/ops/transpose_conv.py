"""TRANSPOSE_CONV: every input position adds its window to the output; weights are (out channels, h, w, in channels)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from intact.arith.accumulate import Window, convolve_transposed
from intact.arith.calls import pieces
from intact.arith.requantize import RULES, Requantization, See, in_blocks
from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, QuantRule, Weight
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType, Shape, TensorType
from intact.native.call import Call
from intact.ops import terms, weighted
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.fitness import not_clamp
from intact.ops.quantized import INTEGERS
from intact.ops.shapes import integers, require_bias, require_positive, require_rank, unknown
from intact.ops.weighted import Weighted
from intact.ops.windows import window


@dataclass(frozen=True, eq=False)
class Transposed:
    """What a transposed convolution is prepared to.

    Args:
        weighted: its parameters.
        rest: how the last elements of the result are requantized, those that fill no block of 16; None where all are
            alike.
    """

    weighted: Weighted
    rest: Requantization | None


@dataclass(frozen=True)
class TransposeConv(Op):
    """out[n, y*sh + i - top, x*sw + j - left, o] += input[n, y, x, c] * weights[o, i, j, c], then bias and activation.

    Several output sizes have the same number of window positions, so `output_shape` says which one is meant.

    Under the rule double-up-16 full blocks of 16 elements of the result are rounded double-up, the elements left over
    double-away.

    Sources:
        tflite/kernels/transpose_conv.cc; tflite/kernels/internal/reference/integer_ops/transpose_conv.h;
        tflite/kernels/internal/optimized/optimized_ops.h, TransposeConvV2 and Quantize; XNNPACK
        src/operators/deconvolution-nhwc.c.
    """

    opcode = "TRANSPOSE_CONV"
    weights = {1: 0}
    rules = {**dict.fromkeys(RULES, INTEGERS), "double-up-16": ("uint8",)}
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
        _require_result(shape, input.shape, weights.shape)
        return (TensorType(input.dtype, shape),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps."""
        return not_clamp(self.fused_activation_function)

    def prepare(
        self, site: Site, output_shape: Operand, weights: Operand, input: Operand, bias: Operand | None = None
    ) -> Transposed:
        """Multiplier, shift and clamp a channel.

        XNNPACK takes what `weighted.taken8` says, where the output's shape is constant and with SAME padding no stride
        is larger than the window. int8 kernels ignore the zero point of the weights.
        """
        covers = weights.shape[1] >= self.stride_h and weights.shape[2] >= self.stride_w

        kinds = weighted.kinds(self.opcode, input, weights, bias, self.quantized_bias_type)
        placed = output_shape.array is not None and (covers or self.padding == Padding.VALID)
        taken = placed and weighted.taken8(site, input, weights, bias, 0)
        rule = site.rule(self.opcode, *kinds, taken=taken).name
        blocks = rule == "double-up-16"
        record = weighted.prepare(
            self.opcode,
            self.fused_activation_function,
            site,
            input,
            weights,
            bias,
            0,
            rule="double-up" if blocks else rule,
            filters=frozenset({DType.INT8}),
        )
        if not blocks:
            return Transposed(record, None)
        one = replace(record.requantize, factor=record.requantize.factor[:1])
        return Transposed(replace(record, requantize=one), replace(one, rule="double-away"))

    def compute(
        self,
        record: Transposed,
        see: See | None,
        output_shape: Array,
        weights: Array,
        input: Array,
        bias: Array | None = None,
    ) -> tuple[Array, ...]:
        """The accumulators, requantized."""
        shared = record.weighted
        _require_result(tuple(output_shape.tolist()), input.shape, weights.shape)
        place = self._place(output_shape, weights)
        factors = shared.centred_filter(weights)
        largest, size = shared.largest_input, (int(output_shape[1]), int(output_shape[2]))
        products = convolve_transposed(shared.centred(input), place, factors, largest, size)
        offset = shared.bias_of(bias)
        if record.rest is None:
            return (shared.requantize(products, offset, see),)
        acc = products if offset is None else products.astype(np.int64) + offset
        return (in_blocks(16, acc.size, shared.requantize, record.rest, acc, see),)

    def compile(
        self,
        record: Transposed,
        output_shape: Operand,
        weights: Operand,
        input: Operand,
        bias: Operand | None = None,
    ) -> Call | None:
        """A transposed convolution by constant weights into a constant shape."""
        shared = record.weighted
        shape = integers(output_shape)
        if shape is None or shared.weights is None or (bias is not None and shared.bias is None):
            return None
        return pieces.transposed(
            input.dtype.value,
            input.shape,
            self._place(np.array(shape), shared.weights),
            shared.centred_filter(shared.weights),
            shared.bias,
            shared.input_zero_point,
            shared.requantize,
            shape,
            2,
            record.rest,
        )

    def terms(
        self,
        record: Transposed,
        at: tuple[int, ...],
        output_shape: Array,
        weights: Array,
        input: Array,
        bias: Array | None = None,
    ) -> list[Term]:
        """The products of the input positions whose window covers the element."""
        return terms.transposed(at, input, weights, self._place(output_shape, weights), record.weighted.zeros)

    def _place(self, output_shape: Array, weights: Array) -> Window:
        shape = tuple(int(s) for s in output_shape)
        _, height, width, _ = weights.shape
        return window(shape, (height, width), (self.stride_h, self.stride_w), self.padding)


def _require_result(wanted: Shape, input: Shape, weights: Shape) -> None:
    """Raises ModelError for an output_shape that is not of the input's batch and the weights' channels.

    LiteRT's kernels take as many images as the smaller of both has, and leave the others of the result as they were.
    """
    if len(wanted) != 4 or wanted[0] != input[0] or wanted[3] != weights[0]:
        raise ModelError(
            f"output_shape is {list(wanted)}, input {list(input)}, weights {list(weights)}",
            expected="(input.shape[0], height, width, weights.shape[0])",
        )
