"""CONV_2D and FULLY_CONNECTED of int16 with weights of 8 bits, by the kernels of c/gemm16.h."""

from __future__ import annotations

from itertools import count
from typing import Final

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls.gemm import eight_bits, grain, packed, slid
from intact.arith.calls.requantized import padded, requantized
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native import gemm16 as native
from intact.native.call import Call, Held, address
from intact.native.gemm import PANEL, PIXELS
from intact.native.gemm16 import GROUP16

_LARGEST: Final = (1 << 31) - 1
_INPUT: Final = 1 << 15
"""Largest magnitude of an input as it is stored."""


def folded(weights: Array, bias: Array | None, zero_point: int) -> Array:
    """Returns int64 (outputs,): the bias less the input's zero point times the weights, modulo 2^64.

    Args:
        weights: int16 (outputs, terms), zero point removed.
    """
    result: Array = -zero_point * weights.sum(axis=1, dtype=np.int64)
    return result if bias is None else result + bias


def is_narrow(weights: Array, bias: Array | None, zero_point: int) -> bool:
    """Returns whether int32 holds every accumulator, whatever the input.

    Args:
        weights: int16 (outputs, terms), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
    """
    largest = np.abs(weights).sum(axis=1, dtype=np.int64) * (_INPUT + abs(zero_point))
    room = _LARGEST - int(largest.max(initial=0))
    return room >= 0 and (bias is None or bool(np.all((bias >= -room) & (bias <= room))))


def block_length(weights: Array) -> int:
    """Returns how many terms, a multiple of groups, can be summed in int32 whatever the stored inputs are.

    Every sum of some terms of a block is in reach too, so the order does not matter.

    Args:
        weights: int8 (outputs, terms), as they are packed.
    """
    depth = weights.shape[1]
    magnitudes = np.abs(weights.astype(np.int64))
    for blocks in count(1):
        block: int = max(1, -(-depth // (blocks * GROUP16))) * GROUP16
        sums = np.add.reduceat(magnitudes, range(0, depth, block), axis=1) if magnitudes.size else magnitudes
        if int(sums.max(initial=0)) * _INPUT <= _LARGEST:
            return block
    raise AssertionError


def product16(
    weights: Array, bias: Array | None, zero_point: int, finish: Requantization
) -> tuple[native.Gemm16, tuple[Array, ...]] | None:
    """Returns the structure of a product, and the arrays to be kept with it; None where the kernel does not cover it.

    Args:
        weights: int16 (outputs, terms), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
    """
    outputs, depth = weights.shape
    narrow, last = eight_bits(weights), requantized(finish, outputs)
    if narrow is None or last is None or finish.dtype != "int16":
        return None
    panels = packed(narrow[0], GROUP16)
    offsets = padded(folded(weights, bias, zero_point), outputs)
    structure = native.Gemm16(
        address(panels),
        address(offsets),
        depth,
        outputs,
        narrow[1],
        block_length(narrow[0]),
        is_narrow(weights, bias, zero_point),
        last[0],
    )
    return structure, (panels, offsets, *last[1])


def dense(
    dtype: str,
    rows: int,
    weights: Array,
    bias: Array | None,
    zero_point: int,
    finish: Requantization,
    shape: tuple[int, ...],
) -> Call | None:
    """Returns rows of operand 0 times weights, requantized.

    Args:
        dtype: of the input and the result, int16.
        rows: of the input.
        weights: int16 (outputs, terms), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
        shape: of the result.
    """
    made = product16(weights, bias, zero_point, finish)
    if made is None:
        return None
    outputs, depth = weights.shape
    by_panels = rows < PIXELS
    params = native.Dense16(made[0], rows, by_panels)
    units = -(-outputs // PANEL) if by_panels else rows
    each = max(1, depth * (rows * PANEL if by_panels else outputs))
    least = grain(2 * each, 4 if by_panels else PIXELS)
    return Call("dense16", params, (0,), (Held(dtype, shape),), units=units, grain=least, keeps=made[1])


def convolve(
    dtype: str,
    image: tuple[int, ...],
    window: Window,
    weights: Array,
    bias: Array | None,
    zero_point: int,
    finish: Requantization,
) -> Call | None:
    """Returns the convolution of operand 0, requantized.

    Args:
        dtype: of the input and the result, int16.
        image: shape (n, rows, columns, channels) of the input.
        weights: int16 (outputs, size * size * channels), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input; 0, as in all of LiteRT's kernels.
    """
    outputs, depth = weights.shape
    shape = (image[0], *window.positions, outputs)
    positions = image[0] * window.positions[0] * window.positions[1]
    if window.size == (1, 1) and window.stride == (1, 1) and tuple(image[1:3]) == window.positions:
        return dense(dtype, positions, weights, bias, zero_point, finish, shape)
    made = product16(weights, bias, zero_point, finish)
    if made is None or zero_point:
        return None
    size = np.dtype(dtype).itemsize
    params = native.Convolve16(made[0], slid((*image[:3], size * image[3]), window, 0))
    least = grain(max(1, 2 * depth * outputs), PIXELS)
    results = (Held(dtype, shape),)
    scratch = PIXELS * depth * size
    return Call("convolve16", params, (0,), results, units=positions, grain=least, scratch=scratch, keeps=made[1])
