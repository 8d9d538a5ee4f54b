"""DEPTHWISE_CONV_2D of 8 bits by the kernel of c/depthwise.h."""

from __future__ import annotations

import math

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls import gemm
from intact.arith.calls.requantized import padded, requantized
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native.call import Call, Held, address
from intact.native.depthwise import Depthwise, scratch


def convolve_depthwise(
    dtype: str,
    image: tuple[int, ...],
    window: Window,
    weights: Array,
    bias: Array | None,
    zero_point: int,
    finish: Requantization,
) -> Call | None:
    """Returns the depthwise convolution of operand 0, requantized.

    Args:
        dtype: of the input and the result, int8 or uint8.
        image: shape (n, rows, columns, channels) of the input.
        weights: int16 (size * size, channels * multiplier), zero point removed.
        bias: int64 (channels * multiplier,) or None.
        zero_point: of the input.
    """
    places, outputs = weights.shape
    channels = image[3]
    if channels == 1:
        # One channel filtered by many is an ordinary convolution.
        return gemm.convolve(dtype, image, window, weights.T, bias, zero_point, finish)
    last = requantized(finish, outputs)
    if dtype not in gemm.EIGHT or finish.dtype != dtype or finish.wide or last is None:
        return None
    split = _eight_bits(weights)
    if split is None:
        return None
    zero = gemm.held(zero_point, dtype)
    filled = np.zeros((places, padded(split[1], outputs).size), np.int8)
    filled[:, :outputs] = split[0]
    folded = padded(gemm.folded(weights.T, bias, zero), outputs)
    offset = padded(split[1], outputs)
    params = Depthwise(
        None,
        address(filled),
        address(folded),
        address(offset) if offset.any() else None,
        outputs // channels,
        gemm.slid(image, window, zero),
        last[0],
    )
    rows, columns = image[0] * window.positions[0], window.positions[1]
    return Call(
        "depthwise",
        params,
        (0,),
        (Held(dtype, (image[0], *window.positions, outputs)),),
        units=rows,
        grain=math.ceil((1 << 16) / max(1, columns * outputs)),
        scratch=scratch(params.window, params.multiplier),
        keeps=(filled, folded, offset, *last[1]),
    )


def _eight_bits(weights: Array) -> tuple[Array, Array] | None:
    """Returns weights as int8, and what is to be added to those of each output; None beyond 8 bits."""
    low, high = weights.min(axis=0), weights.max(axis=0)
    if np.any(high - low > 255):
        return None
    offset = np.where((low >= -128) & (high <= 127), 0, low + 128)
    return (weights - offset).astype(np.int8), offset.astype(np.int32)
