"""What CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED derive from their parameters alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.requantize import Requantization
from intact.errors import UncoveredError
from intact.ir.op import Operand, Site
from intact.ir.types import Array, DType
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import clamp, scale, scales, zero_point


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
        largest_input: largest magnitude of an input without its zero point.
        accumulator_low, accumulator_high: int64 (channels,), what the accumulator can become over all inputs; None
            where weights or bias are computed.
    """

    input_scale: np.float32
    input_zero_point: int
    filter_scale: NDArray[np.float32]
    filter_zero_point: int
    weights: Array | None
    bias: NDArray[np.int64] | None
    output_scale: np.float32
    requantize: Requantization
    accumulator_low: NDArray[np.int64] | None
    accumulator_high: NDArray[np.int64] | None
    largest_input: int

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
        """Returns the filter as int64 without its zero point."""
        return filter.astype(np.int64) - self.filter_zero_point


def prepare(
    operator: str,
    activation: FusedActivation,
    site: Site,
    input: Operand,
    filter: Operand,
    bias: Operand | None,
    axis: int,
    *,
    taken: bool,
) -> Weighted:
    """Returns what an operator derives from its parameters.

    Args:
        axis: dimension of the filter that is the result's channels.
        taken: whether XNNPACK takes it.
    Raises:
        UncoveredError: types or scales that no integer kernel has.
    """
    result = site.results[0]
    if input.dtype not in {DType.INT8, DType.UINT8, DType.INT16} or result.dtype != input.dtype:
        raise UncoveredError(f"{operator} of {input.dtype.value} to {result.dtype.value}")
    expected = DType.UINT8 if input.dtype == DType.UINT8 else DType.INT8
    if filter.dtype not in {expected, DType.INT4, DType.INT2} or (filter.dtype != expected and expected == DType.UINT8):
        raise UncoveredError(f"{operator} of {input.dtype.value} with a {filter.dtype.value} filter")
    if filter.quant is None or filter.quant.details is not None:
        raise UncoveredError(f"{operator} with a filter quantized in blocks, or not at all")
    channels = filter.shape[axis]
    per_channel = scales("filter", filter, channels)
    rule = site.rule(operator, *kinds(input, bias), taken=taken)
    input_scale, output_scale = scale("input", input), scale("the result", result)
    factor = factors(rule.name, input.dtype, input_scale, per_channel, output_scale)
    low, high = clamp(activation, result)
    weights = filter.contents
    constant = None if bias is None or bias.array is None else bias.array.reshape(-1).astype(np.int64)
    filter_zero = zero_point(filter) if filter.quant.scale.size == 1 else 0
    limits = input.dtype.limits
    span = (limits[0] - zero_point(input), limits[1] - zero_point(input))
    reach: tuple[NDArray[np.int64] | None, NDArray[np.int64] | None] = (None, None)
    if weights is not None and (bias is None or constant is not None):
        reach = accumulator_range(np.moveaxis(weights, axis, 0).reshape(channels, -1), filter_zero, span, constant)
    return Weighted(
        input_scale,
        zero_point(input),
        filter.quant.scale,
        filter_zero,
        weights,
        constant,
        output_scale,
        Requantization(rule.name, factor, zero_point(result), low, high, result.dtype.value),
        *reach,
        max(abs(span[0]), abs(span[1])),
    )


def kinds(input: Operand, bias: Operand | None) -> tuple[str, ...]:
    """Returns the types that a profile may have a rule for, the most particular first."""
    if input.dtype == DType.INT16 and bias is not None and bias.dtype == DType.INT32:
        return "int16 int32-bias", "int16"
    return (input.dtype.value,)


def factors(
    rule: str,
    dtype: DType,
    input_scale: np.float32,
    filter_scale: NDArray[np.float32],
    output_scale: np.float32,
) -> NDArray[np.float64]:
    """Returns input_scale * filter_scale / output_scale a channel, in the width that a rule's runtime computes it in.

    Sources:
        tflite/kernels/kernel_util.cc, PopulateConvolutionQuantizationParams (doubles), and
        GetQuantizedConvolutionMultipler for uint8 (product in float32); XNNPACK: all in float32.
    """
    if rule == "float32-even":
        return np.asarray(input_scale * filter_scale / output_scale, np.float64)
    if dtype == DType.UINT8:
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
