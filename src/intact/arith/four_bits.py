"""Float32 results of weights of 4 bits, as LiteRT's optimized kernels and XNNPACK's come to them.

Activations are rows that were quantized when the operator ran (arith/dynamic_range.py); sums of products of integers
are exact, and what follows them is float32, each operation rounded to nearest even.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intact.arith.accumulate import Matrix
from intact.arith.dynamic_range import Floats, Quantized, fused_multiply_add, to_bfloat16

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Blocks:
    """Scales of blocks along the rows of weights (channels, depth).

    Args:
        size: elements of a block.
        scale: float32 (channels, blocks).
    """

    size: int
    scale: Floats

    def parts(self, scale: Floats) -> Iterator[tuple[slice, Floats]]:
        """Yields for each block its place in a row, and its scales (channels,) out of `scale` (channels, blocks)."""
        for block, step in enumerate(scale.T):
            yield slice(block * self.size, (block + 1) * self.size), step


def with_offset(rows: Quantized, matrix: Matrix, scale: Floats, bias: Floats) -> Floats:
    """Returns results (n, channels) of weights kept plus 7; what that adds is taken off beforehand, in float32.

    Args:
        matrix: the weights as the kernel reads them, see `repacked`, without the 7.
        scale, bias: float32 (channels,).
    Sources:
        tflite/kernels/internal/optimized/4bit/fully_connected_reference.cc,
        ReferenceAssignBiasAndComputeOffsets and ReferenceUnpack; sse_fully_connected.cc.
    """
    offset = -7 * rows.codes.sum(axis=1, dtype=np.float64)[:, None]
    step = rows.scale[:, None]
    first = offset.astype(np.float32) * step * scale + bias
    acc = matrix(rows.codes).astype(np.float64) - offset
    result: Floats = first + acc.astype(np.float32) * step * scale
    return result


def repacked(weights: Array) -> Array:
    """Returns int4 weights (channels, depth) as LiteRT's optimized kernel reads them after packing them plus 7.

    -8 plus 7 is -1, which is 15 in 4 bits and comes back as 8; and as its other bits are not cut off, it makes 15 of
    what is packed beside it. A row is packed in blocks of 32, elements e and e + 16 to a byte, the first in the high
    bits: -8 in the second half of a block makes 8 of its partner, and where a block is full, -8 in the first half at
    an even pair of elements makes 8 of the partner of the next pair.

    Sources:
        tflite/kernels/internal/optimized/4bit/fully_connected_common.h (merge), sse_fully_connected.cc (SsePackInner).
    """
    channels, depth = weights.shape
    blocks = -(-depth // 32)
    padded = np.zeros((channels, blocks * 32), weights.dtype)
    padded[:, :depth] = weights
    # Channel, block, half of it, pair of elements, element.
    parts = padded.reshape(channels, blocks, 2, 8, 2)
    lowest = parts == -8
    spoilt = lowest.copy()
    spoilt[:, :, 0] |= lowest[:, :, 1]
    full = depth // 32
    spoilt[:, :full, 1, 1::2] |= lowest[:, :full, 0, ::2]
    return np.where(spoilt, np.int8(8), parts).reshape(channels, -1)[:, :depth]


def in_blocks(rows: Quantized, weights: Array, blocks: Blocks, bias: Floats) -> Floats:
    """Returns results (n, channels) as LiteRT's kernel for blocks: a float32 sum over them, in order.

    Sources:
        tflite/kernels/fully_connected.cc, EvalBlockwise4Bit.
    """
    total = np.zeros((len(rows.scale), len(weights)), np.float32)
    for part, step in blocks.parts(blocks.scale):
        total += rows.codes[:, part] @ weights[:, part].astype(np.float32).T * step
    total -= rows.zero_point[:, None].astype(np.float32) * weight_sum(weights, blocks)
    return total * rows.scale[:, None] + bias


def weight_sum(weights: Array, blocks: Blocks) -> Floats:
    """Returns what `in_blocks` multiplies zero points by, float32 (channels,)."""
    total = np.zeros(len(weights), np.float32)
    for part, step in blocks.parts(blocks.scale):
        total += step * weights[:, part].astype(np.float32).sum(axis=1)
    return total


def in_blocks_xnnpack(rows: Quantized, weights: Array, blocks: Blocks, bias: Floats) -> Floats:
    """Returns results (n, channels) as XNNPACK's: codes and zero point are those of 8 bits without a sign.

    Sources:
        XNNPACK: src/qd8-f32-qb4w-gemm; src/reference/packing.cc, which adds up weights 16 at a time.
    """
    steps, factors = to_bfloat16(blocks.scale), weights.astype(np.float32)
    zero = (rows.zero_point + 128).astype(np.float32)[:, None]
    total = weight_sum_xnnpack(weights, blocks) * zero
    codes = rows.centred + zero
    for part, step in blocks.parts(steps):
        acc = np.matmul(codes[:, part], factors[:, part].T, dtype=np.float32)
        total = fused_multiply_add(acc, step, total)
    return total * rows.scale[:, None] + bias


def weight_sum_xnnpack(weights: Array, blocks: Blocks) -> Floats:
    """Returns what `in_blocks_xnnpack` multiplies zero points by, float32 (channels,); it is negative."""
    steps, factors = to_bfloat16(blocks.scale), weights.astype(np.float32)
    total = np.zeros(len(weights), np.float32)
    for first in range(0, weights.shape[1], 16):
        total -= factors[:, first : first + 16].sum(axis=1) * steps[:, first // blocks.size]
    return total
