"""Convolutions in groups and transposed ones, of 8 bits and of int16, by the kernels of c/pieces.h."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls.gemm import EIGHT, grain, held, product, slid
from intact.arith.calls.gemm16 import product16
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native import gemm, gemm16
from intact.native import pieces as native
from intact.native.call import Call, Held
from intact.native.gemm import PANEL, PIXELS


@dataclass(frozen=True, eq=False)
class Piece:
    """An ordinary convolution that makes some of the numbers of a result.

    Args:
        image: shape (n, rows, columns, channels) of the input as the window sees it.
        window: over that image.
        weights: int64 (outputs, size * size * channels), zero point removed.
        bias: int64 (outputs,) or None.
        finish: with a factor for each output, or one.
        to: where the numbers of the first position go in an image's result.
        step: how far those of the next row and of the next column are from there.
    """

    image: tuple[int, ...]
    window: Window
    weights: Array
    bias: Array | None
    finish: Requantization
    to: int
    step: tuple[int, int]


def grouped(
    dtype: str,
    image: tuple[int, ...],
    window: Window,
    weights: Array,
    bias: Array | None,
    zero_point: int,
    finish: Requantization,
) -> Call | None:
    """Returns the convolution of operand 0 in groups, requantized.

    Args:
        dtype: of the input and the result: int8, uint8 or int16.
        image: shape (n, rows, columns, channels) of the input.
        weights: int64 (outputs, size * size * channels of a group), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
    """
    outputs, places = weights.shape[0], window.size[0] * window.size[1]
    if not places or not weights.size:
        return None
    groups = image[3] // (weights.shape[1] // places)
    if finish.rule == "double-up-8":
        # It tells the channels of a result by their number, and a piece numbers its own.
        return None
    # Groups of a few outputs are one with weights of 0 between them: a panel has 16 outputs anyway.
    wanted = min(groups, -(-PANEL * groups // outputs))
    together = next(n for n in range(wanted, groups + 1) if groups % n == 0)
    groups //= together
    made, taken = outputs // groups, image[3] // groups
    shape = (image[0], *window.positions, outputs)
    pieces = [
        Piece(
            (*image[:2], image[2] * groups, taken),
            replace(
                window,
                stride=(window.stride[0], window.stride[1] * groups),
                dilation=(window.dilation[0], window.dilation[1] * groups),
                before=(window.before[0], window.before[1] * groups - group),
            ),
            _diagonal(weights[group * made : (group + 1) * made], places, together),
            None if bias is None else bias[group * made : (group + 1) * made],
            _part(finish, slice(group * made, (group + 1) * made)),
            group * made,
            (window.positions[1] * outputs, outputs),
        )
        for group in range(groups)
    ]
    return _call(dtype, shape, pieces, zero_point, 0)


def transposed(
    dtype: str,
    image: tuple[int, ...],
    window: Window,
    weights: Array,
    bias: Array | None,
    zero_point: int,
    finish: Requantization,
    shape: tuple[int, ...],
    operand: int,
    rest: Requantization | None = None,
) -> Call | None:
    """Returns the transposed convolution of an operand, requantized.

    Args:
        dtype: of the input and the result: int8, uint8 or int16.
        image: shape (n, rows, columns, channels) of the input.
        window: over the result.
        weights: int64 (outputs, size, size, channels), zero point removed.
        bias: int64 (outputs,) or None.
        zero_point: of the input.
        shape: (n, rows, columns, outputs) of the result.
        operand: which one is the input.
        rest: how the last elements of the result are requantized, those that fill no block of 16.
    """
    if window.positions != tuple(image[1:3]):
        return None
    n, rows, columns, outputs = shape
    pieces = []
    for down, taps_y in enumerate(_taps(window, 0)):
        first_y = (down - window.before[0]) % window.stride[0]
        for right, taps_x in enumerate(_taps(window, 1)):
            first_x = (right - window.before[1]) % window.stride[1]
            # Position 0 of the piece is a row of the result whose number in strides is `start`, and sees the last tap
            # at the input's row of that number, the others at those before.
            start = (
                (first_y + window.before[0]) // window.stride[0],
                (first_x + window.before[1]) // window.stride[1],
            )
            size = len(taps_y), len(taps_x)
            count = len(range(first_y, rows, window.stride[0])), len(range(first_x, columns, window.stride[1]))
            before = size[0] - 1 - start[0], size[1] - 1 - start[1]
            pieces.append(
                Piece(
                    image,
                    Window(size, (1, 1), (1, 1), before, count),
                    weights[:, taps_y][:, :, taps_x].reshape(outputs, -1),
                    bias,
                    finish,
                    (first_y * columns + first_x) * outputs,
                    (window.stride[0] * columns * outputs, window.stride[1] * outputs),
                )
            )
    left_over = n * rows * columns * outputs % 16 if rest is not None else 0
    if rest is not None and left_over:
        pieces += [replace(p, finish=rest) for p in pieces]
    return _call(dtype, shape, pieces, zero_point, operand, left_over)


def _taps(window: Window, axis: int) -> list[list[int]]:
    """Returns the rows or columns of the weights that see a row of the result, by its number modulo the stride.

    The last first, as it sees the first of the input's rows.
    """
    return [list(range(p, window.size[axis], window.stride[axis]))[::-1] for p in range(window.stride[axis])]


def _diagonal(weights: Array, places: int, groups: int) -> Array:
    """Returns weights of several groups as those of one that reads the channels of all.

    Args:
        weights: (outputs of all groups, places * channels of one group).
    Returns:
        (outputs, places * channels of all groups).
    """
    each = weights.reshape(groups, weights.shape[0] // groups, places, -1)
    result = np.zeros((groups, each.shape[1], places, groups, each.shape[3]), weights.dtype)
    for group in range(groups):
        result[group, :, :, group] = each[group]
    return result.reshape(weights.shape[0], -1)


def _part(finish: Requantization, outputs: slice) -> Requantization:
    return finish if finish.factor.size == 1 else replace(finish, factor=finish.factor[outputs])


def _call(
    dtype: str, shape: tuple[int, ...], pieces: Sequence[Piece], zero_point: int, operand: int, left_over: int = 0
) -> Call | None:
    """Returns the call for pieces, of which the second half makes the last elements where some are left over."""
    wide = dtype == "int16"
    if (wide and zero_point) or (not wide and dtype not in EIGHT) or any(p.finish.dtype != dtype for p in pieces):
        return None
    zero, element = held(zero_point, dtype), np.dtype(dtype).itemsize
    structures: list[Any] = []
    keeps: list[object] = []
    for piece in pieces:
        found: Any = (product16 if wide else product)(piece.weights, piece.bias, zero, piece.finish)
        if found is None:
            return None
        structures.append((gemm16.Dense16 if wide else gemm.Dense)(found[0], 0, 0))
        keeps += found[1]
    products = (type(structures[0]) * len(structures))(*structures)
    count = len(pieces) // 2 if left_over else len(pieces)
    array, units = (native.Piece * count)(), 0
    for n, piece in enumerate(pieces[:count]):
        view = slid((*piece.image[:3], element * piece.image[3]), piece.window, 0 if wide else zero)
        array[n] = native.Piece(view, units, piece.to, (ctypes.c_int64 * 2)(*piece.step))
        units += piece.image[0] * piece.window.positions[0] * piece.window.positions[1]
    outputs = pieces[0].weights.shape[0]
    total = int(np.prod(shape, dtype=np.int64))
    params = native.Pieces(
        None,
        ctypes.addressof(products),
        ctypes.addressof(array),
        count,
        outputs,
        total // max(1, shape[0]),
        total - left_over if left_over else native.NOWHERE,
    )
    depth = max(p.weights.shape[1] for p in pieces)
    return Call(
        "pieces16" if wide else "pieces",
        params,
        (operand,),
        (Held(dtype, shape),),
        units=units,
        grain=grain(max(1, depth * outputs * element), PIXELS),
        scratch=PIXELS * (depth + outputs) * element + 64,
        keeps=(products, array, *keeps),
    )
