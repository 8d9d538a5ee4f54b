"""DEPTHWISE_CONV_2D of int16 with weights of 8 bits, by the kernel of c/depthwise16.h."""

from __future__ import annotations

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls import gemm16
from intact.arith.calls.gemm import grain, slid
from intact.arith.calls.requantized import padded, requantized
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native.call import Call, Held, address
from intact.native.depthwise16 import STRIP, Depthwise16, scratch


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
        dtype: of the input and the result, int16.
        image: shape (n, rows, columns, channels) of the input.
        weights: int16 (size * size, channels * multiplier), zero point removed.
        bias: int64 (channels * multiplier,) or None.
        zero_point: of the input.
    """
    places, outputs = weights.shape
    channels = image[3]
    if channels == 1:
        # One channel filtered by many is an ordinary convolution.
        return gemm16.convolve(dtype, image, window, weights.T, bias, zero_point, finish)
    last = requantized(finish, outputs)
    low, high = int(weights.min(initial=0)), int(weights.max(initial=0))
    if finish.dtype != dtype or last is None or low < -128 or high > 127:
        return None
    folded = padded(gemm16.folded(weights.T, bias, zero_point), outputs)
    filled = np.zeros((places, folded.size), np.int8)
    filled[:, :outputs] = weights
    params = Depthwise16(
        None,
        address(filled),
        address(folded),
        outputs // channels,
        gemm16.is_narrow(weights.T, bias, zero_point),
        slid(image, window, zero_point),
        last[0],
    )
    return Call(
        "depthwise16",
        params,
        (0,),
        (Held(dtype, (image[0], *window.positions, outputs)),),
        units=image[0] * window.positions[0] * window.positions[1],
        grain=grain(max(1, 4 * places * outputs), STRIP),
        scratch=scratch(params.window, params.multiplier),
        keeps=(filled, folded, *last[1]),
    )
