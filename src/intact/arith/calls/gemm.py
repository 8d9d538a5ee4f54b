"""CONV_2D and FULLY_CONNECTED of 8 bits by the kernels of c/gemm.h."""

from __future__ import annotations

import ctypes
from typing import Final

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls.requantized import padded, requantized
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native import gemm as native
from intact.native.call import Call, Held, address
from intact.native.gemm import GROUP, PANEL, PIXELS

_WORTH: Final = 1 << 18
"""Multiplications that are worth a thread: some microseconds' work."""

EIGHT: Final = frozenset({"int8", "uint8"})


def eight_bits(weights: Array) -> tuple[Array, int] | None:
    """Returns weights without their zero point as int8 and what is to be added to each of them; None beyond 8 bits.

    Args:
        weights: int16, within 256 consecutive numbers.
    """
    low, high = int(weights.min(initial=0)), int(weights.max(initial=0))
    if low >= -128 and high <= 127:
        return weights.astype(np.int8), 0
    if high - low > 255:
        return None
    offset = low + 128
    return (weights - offset).astype(np.int8), offset


def packed(weights: Array, group: int = GROUP) -> Array:
    """Returns int8 (outputs, terms) in panels of 16 outputs and groups of terms: (panels, groups, 16, group)."""
    outputs, depth = weights.shape
    panels, groups = -(-outputs // PANEL), -(-depth // group)
    filled = np.zeros((panels * PANEL, groups * group), np.int8)
    filled[:outputs, :depth] = weights
    return np.ascontiguousarray(filled.reshape(panels, PANEL, groups, group).transpose(0, 2, 1, 3))


def folded(weights: Array, bias: Array | None, zero_point: int) -> Array:
    """Returns int32 (outputs,): the bias less the input's zero point times the weights, modulo 2^32.

    Args:
        weights: int16 (outputs, terms), zero point removed.
        zero_point: of the input, as it is held.
    """
    result = -zero_point * weights.sum(axis=1, dtype=np.int64)
    if bias is not None:
        result = result + bias
    wrapped: Array = result.astype(np.int32)
    return wrapped


def held(zero_point: int, dtype: str) -> int:
    """Returns a zero point as it is where int8 is held unsigned."""
    return zero_point + 128 if dtype == "int8" else zero_point


def product(
    weights: Array, bias: Array | None, zero_point: int, finish: Requantization
) -> tuple[native.Gemm, tuple[Array, ...]] | None:
    """Returns the structure of a product, and the arrays to be kept with it; None where the kernels do not cover it.

    Args:
        weights: int64 (outputs, terms), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input, as it is held.
    """
    outputs, depth = weights.shape
    narrow, last = eight_bits(weights), requantized(finish, outputs)
    if narrow is None or last is None or finish.wide:
        return None
    panels = packed(narrow[0])
    offsets = padded(folded(weights, bias, zero_point), outputs)
    structure = native.Gemm(None, address(panels), address(offsets), depth, outputs, narrow[1], last[0])
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
        dtype: of the input and the result, int8 or uint8.
        rows: of the input.
        weights: int16 (outputs, terms), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
        shape: of the result.
    """
    made = product(weights, bias, held(zero_point, dtype), finish) if dtype in EIGHT and finish.dtype == dtype else None
    if made is None:
        return None
    outputs, depth = weights.shape
    by_panels = rows < PIXELS
    params = native.Dense(made[0], rows, by_panels)
    units = -(-outputs // PANEL) if by_panels else rows
    each = max(1, depth * (rows * PANEL if by_panels else outputs))
    least = grain(each, 4 if by_panels else PIXELS)
    return Call("dense", params, (0,), (Held(dtype, shape),), units=units, grain=least, keeps=made[1])


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
        dtype: of the input and the result, int8 or uint8.
        image: shape (n, rows, columns, channels) of the input.
        weights: int16 (outputs, size * size * channels), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
    """
    outputs, depth = weights.shape
    shape = (image[0], *window.positions, outputs)
    positions = image[0] * window.positions[0] * window.positions[1]
    if window.size == (1, 1) and window.stride == (1, 1) and tuple(image[1:3]) == window.positions:
        return dense(dtype, positions, weights, bias, zero_point, finish, shape)
    zero = held(zero_point, dtype)
    made = product(weights, bias, zero, finish) if dtype in EIGHT and finish.dtype == dtype else None
    if made is None:
        return None
    params = native.Convolve(made[0], slid(image, window, zero))
    scratch = PIXELS * (-(-depth // GROUP) * GROUP) + 64
    least = grain(max(1, depth * outputs), PIXELS)
    results = (Held(dtype, shape),)
    return Call("convolve", params, (0,), results, units=positions, grain=least, scratch=scratch, keeps=made[1])


def slid(image: tuple[int, ...], window: Window, filler: int) -> native.Window:
    """Returns the structure of a window over an image (n, rows, columns, channels)."""
    pair = ctypes.c_int64 * 2
    return native.Window(
        image[0],
        pair(*image[1:3]),
        image[3],
        pair(*window.size),
        pair(*window.stride),
        pair(*window.dilation),
        pair(*window.before),
        pair(*window.positions),
        filler,
    )


def grain(work: int, multiple: int) -> int:
    """Returns how many units of so much work are worth a thread, a multiple of some number."""
    return -(-max(1, _WORTH // work) // multiple) * multiple
