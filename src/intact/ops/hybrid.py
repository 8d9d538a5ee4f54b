"""Hybrid kernels: float32 activations with integer weights, as models of dynamic range have them.

The activations are quantized when the operator runs (arith/dynamic_range.py), a row or an image at a time; products
are summed as integers, exactly; and the sums are scaled to float32 in a few steps whose order and roundings are the
runtime's. No float sum is longer than one a block, so there is no order of accumulation beyond what a rule says. Every
operation below is a float32 operation, rounded to nearest even.

    rule                    result of a sum `acc`, scale s of the row, scale w of the channel, bias b
    dynamic                 b + acc * (w * s)
    dynamic-filter-first    acc * w * s + b, from left to right
    dynamic-lanes           as dynamic-filter-first in the channels that fill vectors of four, acc * s * w + b in the
                            rest
    dynamic-int4            offset * s * w + b + (acc - offset) * s * w, with offset = -7 * (sum of the row's codes):
                            weights are kept plus 7 in 4 bits, in which -8 comes back as 8 (arith/four_bits.py)
    dynamic-int4-blocks     (sum over blocks of acc * w, minus zero point * (sum over blocks of w * sum of weights)) * s
                            + b, acc of the codes with their zero point in; no fused activation
    xnnpack-qd8             fma(acc * s, w, b)
    xnnpack-qd8-blocks      -z * (sum of w * weights, 16 at a time), z the zero point of unsigned codes, then for each
                            block fma(acc, w, that); times s, plus b; w rounded to bfloat16
    blocks-defect           as dynamic with w = 0, so b: the absent scale of the tensor is read for that of blocks

What each operator makes of this is in hybrid_dense.py, hybrid_convolution.py, hybrid_matmul.py and hybrid_memory.py.

Sources:
    tflite/kernels/{fully_connected,conv,depthwise_conv,batch_matmul}.cc (EvalHybrid...), tflite/kernels/internal:
    optimized/sse_tensor_utils.cc, optimized/optimized_ops.h, optimized/integer_ops/depthwise_conv_hybrid.h,
    optimized/4bit, reference/conv.h, reference/integer_ops/depthwise_conv.h, reference/batch_matmul.h;
    XNNPACK: src/qd8-f32-{qc8w,qc4w,qb4w}-gemm, src/reference/packing.cc. Measured; see docs/numerics/hybrid.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import dynamic_range
from intact.arith.accumulate import Matrix
from intact.arith.calls.hybrid import Layer
from intact.arith.dynamic_range import Floats, Quantized
from intact.arith.four_bits import Blocks
from intact.arith.requantize import See
from intact.arith.x86_sums import row_sums
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import scales

LARGEST: Final = 255
"""Of a code without its zero point."""

_QUANTIZERS: Final[dict[str, Callable[[Floats], Quantized]]] = {
    "symmetric": dynamic_range.symmetric,
    "nearest": dynamic_range.nearest,
    "asymmetric": dynamic_range.asymmetric,
    "xnnpack": dynamic_range.xnnpack,
}

_LIMITS: Final = {
    FusedActivation.NONE: (-math.inf, math.inf),
    FusedActivation.RELU: (0.0, math.inf),
    FusedActivation.RELU_N1_TO_1: (-1.0, 1.0),
    FusedActivation.RELU6: (0.0, 6.0),
}


@dataclass(frozen=True, eq=False)
class Hybrid:
    """Parameters of a hybrid kernel as a code generator needs them.

    Args:
        rule: a name of the table at the head of ops/hybrid.py.
        quantizer: how activations are quantized: "symmetric", "asymmetric", "nearest" or "xnnpack", the functions of
            arith/dynamic_range.py.
        whole_image: a convolution quantizes a whole image with one scale; otherwise each pixel has its own.
        weights: int8 array, the filter unpacked, as the kernel takes it.
        filter_scale: float32 (channels,); 0 where blocks have scales.
        blocks: scales of blocks along the rows of the filter; None where there are none.
        bias: float32 (channels,), zeros where there is none; None where it is computed.
        low, high: limits of the result, infinite where there are none.
        matrices: the weights ready to be multiplied, one for each group of a convolution and for each matrix of
            BATCH_MATMUL; empty for a depthwise convolution.
        row_sum: int64 (matrices, outputs of a matrix), sums of the rows of each as the kernel has them, which zero
            points are multiplied by; empty for a depthwise convolution, which takes them off the codes.
    """

    rule: str
    quantizer: str
    whole_image: bool
    weights: Array
    filter_scale: Floats
    blocks: Blocks | None
    bias: Floats | None
    low: float
    high: float
    matrices: tuple[Matrix, ...]
    row_sum: NDArray[np.int64]

    def quantize(self, rows: Floats) -> Quantized:
        """Returns rows as integers with a scale for each."""
        return _QUANTIZERS[self.quantizer](rows)

    @property
    def accumulator_low(self) -> NDArray[np.int64]:
        """What the sums of products can become, int64 (channels,); of BATCH_MATMUL channels of each matrix in turn."""
        return -self.accumulator_high

    @property
    def accumulator_high(self) -> NDArray[np.int64]:
        """The same, the largest: codes that are quantized symmetrically have no -128."""
        rows = [m.weights for m in self.matrices] or [self.weights.reshape(-1, self.weights.shape[-1]).T]
        largest = 127 if self.quantizer in {"symmetric", "nearest"} else LARGEST
        return np.concatenate([np.abs(r.astype(np.int64)).sum(axis=1) for r in rows]) * largest

    def bias_of(self, bias: Array | None) -> Floats:
        """Returns the bias, the prepared one where it is constant or absent."""
        if self.bias is not None:
            return self.bias
        assert bias is not None
        return bias.reshape(-1)

    def lost(self) -> NDArray[np.int64]:
        """Returns what row_sum lacks, of the same shape: 0, but for long rows of weights of one sign."""
        return np.array([m.weights.sum(axis=1, dtype=np.int64) for m in self.matrices], np.int64) - self.row_sum

    def layer(self, weights: Array, bias: Operand | None) -> Layer | None:
        """Returns what a C kernel needs to know; None where the bias is computed.

        Args:
            weights: int8 (outputs, terms), those that are multiplied; of a depthwise convolution the other way round.
            bias: the operand.
        """
        if self.bias is None or (bias is not None and bias.array is None):
            return None
        sums = self.row_sum[0] if len(self.row_sum) else np.zeros(len(self.bias), np.int64)
        scale, limits = self.filter_scale, (self.low, self.high)
        return Layer(self.rule, self.quantizer, weights, sums, scale, self.bias, self.blocks, *limits)

    def finish(self, acc: Array, scale: Floats, bias: Floats, see: See | None) -> Array:
        """Returns results for integer sums (..., channels), scales that broadcast with them, and the bias."""
        if see:
            see("accumulator", acc.astype(np.int64))
        # A sum of products with 0 may be -0, which no integer is.
        return self.clamp(_COMBINED[self.rule](acc.astype(np.float32) + np.float32(0), scale, self.filter_scale, bias))

    def clamp(self, numbers: Floats) -> Array:
        """Returns numbers cut to the limits of the result."""
        return dynamic_range.clamp(numbers, self.low, self.high)


def make(
    site: Site,
    rule: str,
    quantizer: str,
    weights: Array,
    matrices: Sequence[Array],
    filter: Operand,
    channels: int,
    bias: Operand | None,
    activation: FusedActivation,
    *,
    whole_image: bool = True,
    blocks: Blocks | None = None,
) -> Hybrid:
    """Returns the record of a kernel; where sums of weights wrap that zero points are multiplied by, notes a defect.

    Args:
        quantizer: LiteRT's; XNNPACK has one of its own.
        matrices: int8 (outputs, inputs), what rows of activations are multiplied with.
        channels: of the result.
    Raises:
        UncoveredError: an activation that kernels do not take, or as many scales as no kernel reads.
    """
    constant = np.zeros(channels, np.float32) if bias is None else None
    if bias is not None and bias.array is not None:
        constant = bias.array.reshape(-1).astype(np.float32)
    record = Hybrid(
        rule,
        "xnnpack" if rule.startswith("xnnpack") else quantizer,
        whole_image,
        weights,
        np.zeros(channels, np.float32) if blocks else scales("filter", filter, channels),
        blocks,
        constant,
        *limits(activation),
        tuple(Matrix(m, LARGEST) for m in matrices),
        np.array([row_sums(m) for m in matrices], np.int64),
    )
    if rule == "dynamic" and quantizer == "asymmetric" and np.any(record.lost()):
        site.defect("the kernel sums weights in 16 bits, which wrap: zero points count with wrong sums")
    return record


def limits(activation: FusedActivation) -> tuple[float, float]:
    """Returns the smallest and the largest result under a fused activation.

    Raises:
        UncoveredError: it is no clamp.
    """
    if activation not in _LIMITS:
        raise UncoveredError(f"fused {activation.name} of floats")
    return _LIMITS[activation]


def _dynamic(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    return bias + acc * (filter_scale * scale)


def _filter_first(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    return acc * filter_scale * scale + bias


def _lanes(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    result = acc * filter_scale * scale + bias
    rest = acc.shape[-1] // 4 * 4
    result[..., rest:] = acc[..., rest:] * scale * filter_scale[rest:] + bias[rest:]
    return result


def _qd8(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    return dynamic_range.fused_multiply_add(acc * scale, filter_scale, bias)


_COMBINED: Final[dict[str, Callable[[Floats, Floats, Floats, Floats], Floats]]] = {
    "dynamic": _dynamic,
    "dynamic-filter-first": _filter_first,
    "dynamic-lanes": _lanes,
    "xnnpack-qd8": _qd8,
    "blocks-defect": _dynamic,
}
