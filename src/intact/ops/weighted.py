"""What CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED derive from their parameters alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.requantize import Requantization
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import clamp, note_far_shifts, scale, scales, zero_point
from intact.ops.xnnpack import takes8

FLOAT64: Final = "-float64"
"""What is added to the name of a rule of FULLY_CONNECTED and BATCH_MATMUL whose product of scales is in float64 also
where both factors have one scale."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """Parameters of a sum of products as a code generator needs them.

    Args:
        input_scale, input_zero_point: of the input.
        filter_scale: float32 (1,) or (channels,).
        filter_zero_point: 0 for int8.
        weights: the filter where it is constant, as stored.
        bias: int64 (channels,), at input_scale * filter_scale; None where there is none or it is not constant.
        output_scale: of the result.
        requantize: accumulator to result.
        axis: dimension of the filter that is the result's channels.
        span: smallest and largest input without its zero point; the first is not positive, the second not negative.
        constant: weights and bias are.
    """

    input_scale: np.float32
    input_zero_point: int
    filter_scale: NDArray[np.float32]
    filter_zero_point: int
    weights: Array | None
    bias: NDArray[np.int64] | None
    output_scale: np.float32
    requantize: Requantization
    axis: int
    span: tuple[int, int]
    constant: bool

    @property
    def largest_input(self) -> int:
        """Largest magnitude of an input without its zero point."""
        return max(abs(limit) for limit in self.span)

    @cached_property
    def _reach(self) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]:
        if self.weights is None or not self.constant:
            return None, None
        rows = np.moveaxis(self.weights, self.axis, 0).reshape(self.weights.shape[self.axis], -1)
        return accumulator_range(rows, self.filter_zero_point, self.span, self.bias)

    @property
    def accumulator_low(self) -> NDArray[np.int64] | None:
        """int64 (channels,): the least that accumulators become over all inputs; None where weights are computed."""
        return self._reach[0]

    @property
    def accumulator_high(self) -> NDArray[np.int64] | None:
        """int64 (channels,): the most that accumulators become over all inputs; None where weights are computed."""
        return self._reach[1]

    @property
    def zeros(self) -> tuple[int, int]:
        """Zero points of input and filter."""
        return self.input_zero_point, self.filter_zero_point

    def centred(self, input: Array) -> Array:
        """Returns the input as float32 without its zero point; exact, as no input has more than 17 bits."""
        real: Array = input.astype(np.float32)
        if self.input_zero_point:
            real -= np.float32(self.input_zero_point)
        return real

    def bias_of(self, bias: Array | None) -> NDArray[np.int64] | None:
        """Returns the bias as int64, the prepared one where it is constant."""
        if bias is None or self.bias is not None:
            return self.bias
        return bias.reshape(-1).astype(np.int64)

    def centred_filter(self, filter: Array) -> Array:
        """Returns a filter of at most 8 bits as int16 without its zero point; a wider type would take memory."""
        return filter.astype(np.int16) - np.int16(self.filter_zero_point)


def prepare(
    operator: str,
    activation: FusedActivation,
    site: Site,
    input: Operand,
    filter: Operand,
    bias: Operand | None,
    axis: int,
    *,
    rule: str,
    filters: frozenset[DType],
) -> Weighted:
    """Returns what a convolution derives from its parameters.

    Args:
        axis: dimension of the filter that is the result's channels.
        rule: of requantization.
        filters: what a filter of an int8 or int16 input may be.
    Raises:
        UncoveredError: types or scales that no integer kernel has.
    """
    require_types(operator, site, input, filter, filters)
    zero = zero_point(filter) if filter.dtype == DType.UINT8 else 0
    output_scale = scale("the result", site.results[0])
    per_channel = scales("filter", filter, filter.shape[axis])
    factor = factors(rule, scale("input", input), per_channel, output_scale, narrow=input.dtype == DType.UINT8)
    return finish(rule, factor, activation, site, input, filter, zero, bias, axis)


def finish(
    rule: str,
    factor: NDArray[np.float64],
    activation: FusedActivation,
    site: Site,
    input: Operand,
    filter: Operand,
    filter_zero: int,
    bias: Operand | None,
    axis: int,
    *,
    wide: bool = False,
) -> Weighted:
    """Returns the record, once the rule, the factors and the filter's zero point are known.

    Args:
        wide: the accumulator has 64 bits under a rule that exists for both widths.
    """
    result = site.results[0]
    low, high = clamp(activation, result, even=rule == "float32-even")
    weights = filter.contents
    constant = None if bias is None or bias.array is None else bias.array.reshape(-1).astype(np.int64)
    limits = input.dtype.limits
    span = (limits[0] - zero_point(input), limits[1] - zero_point(input))
    requantize = Requantization(rule, factor, zero_point(result), low, high, result.dtype.value, wide=wide)
    note_far_shifts(site, requantize)
    assert filter.quant is not None
    return Weighted(
        scale("input", input),
        zero_point(input),
        filter.quant.scale,
        filter_zero,
        weights,
        constant,
        scale("the result", result),
        requantize,
        axis,
        span,
        weights is not None and (bias is None or constant is not None),
    )


def require_types(operator: str, site: Site, input: Operand, filter: Operand, filters: frozenset[DType]) -> None:
    """Raises UncoveredError for types that no integer kernel has; see `prepare`."""
    result = site.results[0]
    if input.dtype not in {DType.INT8, DType.UINT8, DType.INT16} or result.dtype != input.dtype:
        raise UncoveredError(f"{operator} of {input.dtype.value} to {result.dtype.value}")
    if filter.dtype not in ({DType.UINT8} if input.dtype == DType.UINT8 else filters):
        raise UncoveredError(f"{operator} of {input.dtype.value} with a {filter.dtype.value} filter")
    if filter.quant is None or filter.quant.details is not None:
        raise UncoveredError(f"{operator} with a filter quantized in blocks, or not at all")


def kinds(operator: str, input: Operand, filter: Operand, bias: Operand | None, bias_type: DType) -> tuple[str, ...]:
    """Returns the types that a profile may have a rule for, the most particular first.

    Args:
        bias_type: what the attribute quantized_bias_type says; FLOAT32 where it says nothing, which kernels read as
            int64.
    Raises:
        UncoveredError: a bias of another type than kernels read: they would read beyond its end.
    """
    narrow = (f"{input.dtype.value} {filter.dtype.value}",) if filter.dtype in {DType.INT4, DType.INT2} else ()
    if input.dtype != DType.INT16:
        return (*narrow, input.dtype.value)
    read = DType.INT32 if bias_type == DType.INT32 else DType.INT64
    if bias is not None and bias.dtype != read:
        raise UncoveredError(
            f"{operator} of int16 with a {bias.dtype.value} bias and quantized_bias_type {bias_type.value}:"
            f" kernels read it as {read.value}"
        )
    return (*narrow, *(("int16 int32-bias",) if read == DType.INT32 else ()), "int16")


def taken8(site: Site, input: Operand, filter: Operand, bias: Operand | None, axis: int) -> bool:
    """True for the convolutions that XNNPACK's delegate takes, as far as their operands decide.

    The filter is constant, of the type of the input, its scales along `axis` and its zero points 0 where it is int8;
    the bias is constant, int32, in one dimension, and has scales: what the scales say plays no part.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, VisitConv2DNode, CheckTensorFloat32OrQCInt8Type and
        CheckTensorFloat32OrFloat16OrQCInt32Type.
    """
    quant = filter.quant
    if quant is None or filter.array is None or filter.dtype != input.dtype:
        return False
    if filter.dtype == DType.UINT8:
        fits = takes8(filter)
    else:
        fits = (quant.scale.size == 1 or quant.quantized_dimension == axis) and not np.any(quant.zero_point)
    return fits and takes8(input) and takes8(site.results[0]) and (bias is None or takes_bias(bias))


def takes_bias(bias: Operand) -> bool:
    """True for a bias that XNNPACK's delegate takes; see `taken8`."""
    quant = bias.quant
    scaled = quant is not None and quant.scale.size > 0 and quant.quantized_dimension == 0
    return bias.dtype == DType.INT32 and bias.array is not None and scaled and len(bias.shape) == 1


def factors(
    rule: str,
    input_scale: np.float32,
    filter_scale: NDArray[np.float32],
    output_scale: np.float32,
    *,
    narrow: bool,
) -> NDArray[np.float64]:
    """Returns input_scale * filter_scale / output_scale a channel, in the width that a rule's runtime computes it in.

    Args:
        narrow: the product is rounded to float32 before the division in float64.
    Sources:
        tflite/kernels/kernel_util.cc, PopulateConvolutionQuantizationParams (float64), and
        GetQuantizedConvolutionMultipler (product in float32); XNNPACK: all in float32.
    """
    if rule == "float32-even":
        return np.asarray(input_scale * filter_scale / output_scale, np.float64)
    if narrow:
        return (input_scale * filter_scale).astype(np.float64) / np.float64(output_scale)
    return np.float64(input_scale) * filter_scale.astype(np.float64) / np.float64(output_scale)


def accumulator_range(
    weights: Array, zero: int, span: tuple[int, int], bias: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the smallest and the largest accumulator of each channel over all inputs.

    Args:
        weights: (channels, terms), as stored.
        zero: zero point of the weights.
        span: smallest and largest input without its zero point; the first is not positive, the second not negative.
    """
    centred = weights.astype(np.int64) - zero
    positive = np.where(centred > 0, centred, 0).sum(axis=1)
    negative = np.where(centred < 0, centred, 0).sum(axis=1)
    offset = np.zeros(weights.shape[0], np.int64) if bias is None else bias
    return positive * span[0] + negative * span[1] + offset, positive * span[1] + negative * span[0] + offset
