"""Affine quantization: real = scale * (q - zero_point).

Everything here takes and gives arrays and numbers; types are named by their smallest and largest stored value. Scales
are rounded to float32 before anything is derived from them, because float32 is what a model file stores and what every
runtime multiplies with.

Sources:
    https://ai.google.dev/edge/litert/models/quantization_spec
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Integers = NDArray[Any]

MIN_SCALE: Final = 2.0**-40
"""Smallest scale ever made. Smaller ones shift a multiplier out of its 31 bits, which is undefined in C kernels."""

SCALE_OF_ZERO: Final = 2.0**-8
"""Scale of what is always zero. Any would do; a small one keeps the quotients of scales that kernels make in range."""

STANDS_FOR_INFINITY: Final = 1e38
"""Magnitude from which on a float32 is taken for infinity."""

INT32_SUM: Final = 2**31 - 1
"""Largest magnitude of an int32 accumulator."""

INT64_SUM: Final = 2**47 - 1
"""Largest magnitude of an int64 accumulator that kernels can multiply: tflite/kernels/internal/common.cc,
MultiplyByQuantizedMultiplier(int64_t, ...)."""

_CHUNK: Final = 1 << 16
"""Elements worked on at a time (256 KB of float32), so that a large weight passes through the cache once."""


def asymmetric(low: float, high: float, qmin: int, qmax: int, floor: float = 0.0) -> tuple[float, int]:
    """Returns the scale and zero point that spread [low, high] over [qmin, qmax], zero exactly on an integer.

    The range is first widened to hold zero; one that is zero throughout gets a small scale. The zero point is rounded,
    so one end of the range may be cut by up to half a step, which is no more than the rounding error everywhere else.

    Args:
        low, high: real numbers, finite.
        qmin, qmax: smallest and largest stored integer.
        floor: smallest scale to return.
    Raises:
        ValueError: low or high is not finite.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"range [{low}, {high}] is not finite")
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return _stored(max(SCALE_OF_ZERO, floor)), min(max(0, qmin), qmax)
    scale = _stored(max((high - low) / (qmax - qmin), floor))
    zero_point = qmin - low / scale
    return scale, min(max(math.floor(zero_point + 0.5), qmin), qmax)


def symmetric(bound: NDArray[np.float64], qmax: int) -> Float32:
    """Returns the scales that spread [-bound, bound] over [-qmax, qmax], zero point 0.

    An all-zero channel gets the largest scale of the others, or SCALE_OF_ZERO where all are zero: any positive scale is
    right for it, and one like its neighbours' keeps every derived multiplier in range.

    Args:
        bound: float64 (n,). Largest magnitude of each channel, finite.
        qmax: largest stored value, 127 for int8 in narrow range.
    Returns:
        float32 (n,), positive.
    Raises:
        ValueError: a bound is not finite.
    """
    if not np.isfinite(bound).all():
        raise ValueError("a channel holds NaN or infinity")
    scale = np.maximum(bound / qmax, 0.0)
    live = scale > 0
    scale = np.where(live, np.clip(scale, MIN_SCALE, _MAX), scale.max() if live.any() else SCALE_OF_ZERO)
    return np.maximum(scale, MIN_SCALE).astype(np.float32)


def finite_part(array: Float32) -> Float32:
    """Returns the elements that are numbers and not stand-ins for infinity, flattened.

    Converters write the lowest float32 where they mean minus infinity, as the padding of a maximum. Such elements
    saturate when they are quantized; in a range they would leave a single integer for everything else.

    Args:
        array: float32, any shape, no NaN.
    """
    part: Float32 = array[np.abs(array) < STANDS_FOR_INFINITY]
    return part


def magnitudes(array: Float32, axis: int | None) -> NDArray[np.float64]:
    """Returns the largest magnitude along `axis`, or of everything where it is None.

    Args:
        array: float32, any shape.
        axis: dimension to keep.
    Returns:
        float64 (array.shape[axis],) or (1,). 0 for an empty channel.
    """
    if array.size == 0:
        return np.zeros(1 if axis is None else array.shape[axis])
    if axis is None:
        rest: tuple[int, ...] | None = None
    else:
        axis %= array.ndim
        rest = tuple(d for d in range(array.ndim) if d != axis)
    high = np.asarray(array.max(axis=rest), np.float64).reshape(-1)
    low = np.asarray(array.min(axis=rest), np.float64).reshape(-1)
    return np.maximum(np.abs(high), np.abs(low))


def quantize(
    array: Float32, scale: Float32, zero_point: int, qmin: int, qmax: int, dtype: str, axis: int | None = None
) -> Integers:
    """Returns clamp(round(array / scale) + zero_point, qmin, qmax), ties away from zero, as LiteRT's QUANTIZE rounds.

    Args:
        array: float32, any shape; infinities saturate.
        scale: float32 (1,) or (array.shape[axis],).
        dtype: NumPy name of the stored type.
    Returns:
        Integers in the shape of `array`.
    Sources:
        tflite/kernels/internal/reference/quantize.h, AffineQuantize: division in float32, std::round.
    """
    result = np.empty(array.shape, dtype)
    if array.size == 0:
        return result
    if axis is None or scale.size == 1:
        rows, divisor = array.reshape(1, -1), scale.reshape(1, 1)
        out = result.reshape(1, -1)
    elif axis % array.ndim == 0:
        rows, divisor = array.reshape(array.shape[0], -1), scale.reshape(-1, 1)
        out = result.reshape(array.shape[0], -1)
    else:
        shape = [1] * array.ndim
        shape[axis] = -1
        result[...] = _stored_as(array, scale.reshape(shape), zero_point, qmin, qmax)
        return result
    for row in range(0, rows.shape[0], step := max(1, _CHUNK // rows.shape[1])):
        for column in range(0, rows.shape[1], _CHUNK):
            part = np.s_[row : row + step, column : column + _CHUNK]
            out[part] = _stored_as(rows[part], divisor[row : row + step], zero_point, qmin, qmax)
    return result


def dequantize(stored: Integers, scale: Float32, zero_point: Integers, axis: int | None = None) -> Float32:
    """Returns scale * (stored - zero_point), computed in float64 and rounded once to float32.

    Args:
        stored: integers, any shape.
        scale: float32 (1,) or (stored.shape[axis],).
        zero_point: integers (1,) or as scale.
    """
    shape = [1] * stored.ndim
    if axis is not None and scale.size > 1:
        shape[axis] = -1
    factor = scale.astype(np.float64).reshape(shape)
    zero = np.asarray(zero_point, np.int64).reshape(-1)
    zero = zero.reshape(shape) if zero.size > 1 else zero.reshape([1] * stored.ndim)
    real: Float32 = (factor * (stored.astype(np.int64) - zero)).astype(np.float32)
    return real


def quantize_bias(bias: NDArray[Any], scale: NDArray[np.float64], limit: int = INT32_SUM) -> NDArray[Any]:
    """Returns round(bias / scale), ties away from zero.

    Args:
        bias: float32 (n,).
        scale: float64 (n,) or (1,). Input scale times weight scale, each as stored, the product not rounded.
        limit: largest magnitude that a sum may have.
    Returns:
        int32 (n,), or int64 where the limit is beyond int32.
    Raises:
        OverflowError: a value does not fit; weight_scale_floor says what scale would do.
        ValueError: a value is not finite.
    """
    if not np.isfinite(bias).all():
        raise ValueError("it holds NaN or infinity")
    stored = _half_away(bias.astype(np.float64) / scale)
    if np.abs(stored).max(initial=0) > limit:
        raise OverflowError(f"a bias does not fit {limit.bit_length() + 1} bits at this scale")
    return stored.astype(np.int64 if limit > INT32_SUM else np.int32)


def weight_scale_floor(
    bias: NDArray[Any], input_scale: float, products: NDArray[np.float64], limit: int = INT32_SUM
) -> NDArray[np.float64]:
    """Returns the smallest weight scale of each channel at which bias and products together fit an accumulator.

    The accumulator of channel c is at most |bias_c| / (input_scale * s_c) + products_c in magnitude. Requiring that to
    be below the limit, and counting the products at their present scale (a wider scale only makes them smaller), gives
    s_c >= |bias_c| / (input_scale * (limit - products_c)). The bias gets at least half the range: more products than
    the other half holds need tens of thousands of inputs, nearly all at the end of their range at once.

    Args:
        bias: float32 (n,).
        input_scale: scale of the input.
        products: float64 (n,). Bound on the sum of products: sum |w_q| times the largest |q - zero_point|.
        limit: largest magnitude that a sum may have.
    Returns:
        float64 (n,), 0 where any scale will do.
    """
    room = np.maximum(limit - products, limit / 2)
    floor: NDArray[np.float64] = np.abs(bias.astype(np.float64)) / (input_scale * room)
    return floor


_MAX: Final = float(np.finfo(np.float32).max)


def _stored(scale: float) -> float:
    return float(np.float32(min(max(scale, MIN_SCALE), _MAX)))


def _half_away(real: NDArray[Any]) -> NDArray[Any]:
    # Not 0.5: that lifts the largest number below a half to 1. The largest number below 0.5 lifts 0.5 itself to 1 too.
    below_half = np.nextafter(real.dtype.type(0.5), real.dtype.type(0))
    rounded: NDArray[Any] = np.trunc(real + np.copysign(below_half, real))
    return rounded


def _stored_as(real: NDArray[Any], scale: NDArray[Any], zero_point: int, qmin: int, qmax: int) -> NDArray[Any]:
    with np.errstate(over="ignore"):  # infinity is clamped like every number beyond the range
        rounded = _half_away(real / scale)
    if zero_point:
        rounded += rounded.dtype.type(zero_point)
    return np.clip(rounded, qmin, qmax, out=rounded)
