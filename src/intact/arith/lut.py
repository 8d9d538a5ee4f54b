"""Functions of one number by table: 256 results for 8 bits, 513 points to draw lines between for 16 bits.

Reals are computed in float32 step by step, as the runtimes do; the order of the operations is part of the formula.

Sources:
    tflite/kernels/internal/common.h, LUTPopulate and LUTLookup; XNNPACK src/reference/unary-elementwise.cc.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.c_integers import wrap16
from intact.arith.rounding import round_half_away

Array = NDArray[Any]
Function = Callable[[Array], Array]

STEPS: Final = 512
"""Lines that a table of 16 bits consists of; 128 inputs a line."""


def table8(
    function: Function,
    input_scale: np.float32,
    input_zero_point: int,
    output_scale: np.float32,
    output_zero_point: int,
    limits: tuple[int, int],
) -> NDArray[np.int64]:
    """Returns the results of all codes of 8 bits, from the lowest on.

        round(function(input_scale * (q - input_zero_point)) * (1 / output_scale)) + output_zero_point, clamped

    Halves are rounded away from zero. Results beyond int32, infinity too, are clamped like others (measured: the source
    at hand converts them to int32 before, which C leaves undefined).

    Args:
        function: float32 arrays to float32 arrays.
        limits: lowest and highest code.
    Sources:
        tflite/kernels/internal/common.h, LUTPopulateInt8.
    """
    codes = np.arange(limits[0], limits[1] + 1)
    real = function(input_scale * (codes - input_zero_point).astype(np.float32))
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = round_half_away(real * (np.float32(1) / output_scale))
    result: NDArray[np.int64] = np.clip(rounded + np.float32(output_zero_point), *limits).astype(np.int64)
    return result


def table8_even(
    function: Function,
    input_scale: np.float32,
    input_zero_point: int,
    output_scale: np.float32,
    output_zero_point: int,
    limits: tuple[int, int],
) -> NDArray[np.int64]:
    """Returns the same as XNNPACK computes it: the zero point is added before rounding, halves go to the even integer.

    Sources:
        XNNPACK src/reference/unary-elementwise.cc and src/xnnpack/reference-utils.h, quantize.
    """
    codes = np.arange(limits[0], limits[1] + 1)
    real = function((codes - input_zero_point).astype(np.float32) * input_scale)
    scaled = real * (np.float32(1) / output_scale) + np.float32(output_zero_point)
    result: NDArray[np.int64] = np.clip(np.rint(scaled), *limits).astype(np.int64)
    return result


def table16(function: Function, inputs: tuple[Any, Any], outputs: tuple[Any, Any], width: type) -> NDArray[np.int64]:
    """Returns 513 points between which 16-bit kernels draw straight lines.

    The points stand at the ends of 512 equal steps from the real number of the lowest input to that of the highest.
    Half of the error that a line makes at its middle is taken off its first point; the last point is the function's.
    Results are scaled by 65536 / (outputs[1] - outputs[0]), which is 65536 / 65535 of 1 / scale.

    Args:
        function: arrays of `width` to the like.
        inputs, outputs: the reals that -32768 and 32767 stand for, in `width`.
        width: np.float32 or np.float64, in which all is computed.
    Returns:
        int16 numbers (513,).
    Sources:
        tflite/kernels/internal/common.h, LUTPopulateInt16.
    """
    low, high = inputs
    step = (high - low) / width(STEPS)
    factor = width(65536) / (outputs[1] - outputs[0])
    starts = low + np.arange(STEPS).astype(width) * step
    ends = low + np.arange(1, STEPS + 1).astype(width) * step
    with np.errstate(over="ignore", invalid="ignore"):
        first = function(starts) * factor
        drawn = round_half_away((function(ends) * factor + round_half_away(first)) / width(2))
        middle = round_half_away(function(starts + step / width(2)) * factor)
        points = round_half_away(first) - round_half_away((drawn - middle) / width(2))
        last = round_half_away(function(np.array([high], width)) * factor)
    all_points = np.concatenate([points, last])
    # inf - inf, where the function overflows: x86 converts it to -2^31, of which 0 is left in 16 bits.
    result: NDArray[np.int64] = np.where(np.isnan(all_points), 0, np.clip(all_points, -32768, 32767)).astype(np.int64)
    return result


def look_up16(number: Array, table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns results between the points of a table: of the 16 bits 9 choose the line, 7 the place on it, halves up.

    Args:
        number: integers of 16 bits.
    Returns:
        int64, the shape of `number`, integers of 16 bits.
    Sources:
        tflite/kernels/internal/common.h, LUTLookup of int16.
    """
    index = 256 + np.right_shift(number.astype(np.int64), 7)
    base = table[index]
    # Differences and sums are kept in 16 bits and wrap.
    slope = wrap16(table[index + 1] - base)
    within = np.bitwise_and(number.astype(np.int64), 127)
    return wrap16(base + np.right_shift(slope * within + 64, 7))
