"""Sums as LiteRT's vector loops for x86 form them: with carries that are lost, signs that slip, and floats in lanes.

Sources:
    tflite/kernels/internal/optimized/sse_tensor_utils.cc and neon_tensor_utils.cc, the latter compiled for SSE.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith.accumulate import Matrix, Window, convolve

Array = NDArray[Any]


def row_sums(rows: Array) -> NDArray[np.int64]:
    """Returns the sums of rows (n, depth) of int8: eight sums of 16 bits that wrap, and then theirs.

    The loop takes 16 elements at a time, two to each of the eight, and 8 more where there are as many; what is left is
    added rightly. 2064 weights of 127 are the fewest that wrap.

    Sources:
        tflite/kernels/internal/optimized/sse_tensor_utils.cc, SseReductionSumVector.
    """
    depth = rows.shape[1]
    pairs, eights = depth // 16 * 16, depth // 8 * 8
    lanes = rows[:, :pairs].reshape(len(rows), -1, 8, 2).sum(axis=(1, 3), dtype=np.int64)
    if eights > pairs:
        lanes += rows[:, pairs:eights]
    rest = rows[:, eights:].sum(axis=1, dtype=np.int64)
    return np.asarray(lanes.astype(np.int16).sum(axis=1, dtype=np.int64) + rest)


def slips(codes: Array, weights: Array) -> Array:
    """Returns what the vector loop adds to the sums (n, outputs) of codes (n, depth) where weights are -128.

    To multiply without a sign it gives each weight the sign of its code, and the negative of -128 is -128 in 8 bits:
    the product with a negative code comes out negative. It takes 16 elements at a time; what a row has beyond a
    multiple is multiplied rightly.

    Args:
        weights: int8 (outputs, depth).
    Sources:
        tflite/kernels/internal/optimized/sse_tensor_utils.cc, DotProdInt8x4x4: _mm_sign_epi8.
    """
    lowest = slipping(weights)
    if not lowest.any():
        return np.zeros(1)
    negative = np.minimum(codes, 0).astype(np.float64)
    result: Array = 256 * (negative @ lowest.T.astype(np.float64))
    return result


def slips_in_windows(codes: Array, window: Window, weights: Array) -> Array:
    """Returns as `slips` what is added to the sums of a convolution, whose windows are the rows.

    Args:
        codes: (n, rows, columns, channels).
        weights: int8 (outputs, size, size, channels).
    """
    lowest = slipping(weights.reshape(len(weights), -1))
    if not lowest.any():
        return np.zeros(1)
    return 256 * convolve(np.minimum(codes, 0), window, Matrix(lowest.astype(np.int64), 128)).astype(np.float64)


def slipping(rows: Array) -> NDArray[np.bool_]:
    """Returns where weights are -128 in what the vector loop takes of each row; see `slips`."""
    lowest: NDArray[np.bool_] = rows == -128
    lowest[:, rows.shape[1] // 16 * 16 :] = False
    return lowest


def sum_in_lanes(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns sums along the last dimension in float32.

    Four sums of every fourth number, which are added up in order; then what is left of numbers, one by one.

    Sources:
        tflite/kernels/internal/optimized/neon_tensor_utils.cc, NeonVectorVectorDotProduct, NeonReductionSumVector.
    """
    count = numbers.shape[-1]
    lanes = np.zeros((*numbers.shape[:-1], 4), np.float32)
    for first in range(0, count // 4 * 4, 4):
        lanes += numbers[..., first : first + 4]
    total = lanes[..., 0] + lanes[..., 1] + lanes[..., 2] + lanes[..., 3]
    for index in range(count // 4 * 4, count):
        total = total + numbers[..., index]
    return total
