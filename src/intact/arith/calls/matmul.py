"""Products of computed matrices by the kernels of c/matmul.h and c/matmul16.h."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.accumulate import Window
from intact.arith.calls.gemm import EIGHT, grain, held, slid
from intact.arith.calls.requantized import requantized
from intact.arith.requantize import Requantization
from intact.native import matmul as native
from intact.native.call import Call, Held
from intact.native.gemm import GROUP, PANEL, PIXELS, Dense, Gemm
from intact.native.matmul import BATCHES

Shape = tuple[int, ...]

_SECOND: Final = {"int8": 1, "int16": 2}
"""Types of a factor of int16, with their bytes."""


@dataclass(frozen=True)
class Factor:
    """One of two matrices, or of two arrays of them.

    Args:
        operand: which of the operator.
        dtype: NumPy name.
        shape: (..., rows, columns), as it is stored.
        zero_point: of its numbers.
        is_adjoint: rows and columns are swapped before the product.
    """

    operand: int
    dtype: str
    shape: Shape
    zero_point: int
    is_adjoint: bool = False

    @property
    def matrix(self) -> Shape:
        """Rows and columns in the product."""
        rows, columns = self.shape[-2:]
        return (columns, rows) if self.is_adjoint else (rows, columns)


def matmul(
    x: Factor,
    y: Factor,
    finish: Requantization,
    shape: Shape,
    bias: tuple[int, str] | None = None,
    window: tuple[Window, Shape] | None = None,
) -> Call | None:
    """Returns the product of two operands, requantized.

    Args:
        finish: with one factor, or one for each column of y.
        shape: (..., rows, columns) of the result; what comes before is the other factors' broadcast. May have fewer
            dimensions where both factors have two.
        bias: operand, of one number for each column of y, and its NumPy type.
        window: what is slid over an image, and the image's shape (n, rows, columns, channels): the rows of x are its
            positions.
    """
    if x.dtype == "int16" and window is None:
        return _matmul16(x, y, finish, shape, bias)
    if x.dtype not in EIGHT or y.dtype != x.dtype or finish.dtype != x.dtype:
        return None
    (rows, depth), outputs = x.matrix, y.matrix[1]
    last, batches = requantized(finish, outputs), _batches(x, y)
    if last is None or batches is None or finish.wide or (bias is not None and bias[1] != "int32"):
        return None
    view = None if window is None else slid(window[1], window[0], held(x.zero_point, x.dtype))
    params = native.MatMul(
        Dense(Gemm(None, None, None, depth, outputs, 128 - held(y.zero_point, y.dtype), last[0]), rows, 1),
        batches,
        None if view is None else ctypes.addressof(view),
        held(x.zero_point, x.dtype),
        bias is not None,
    )
    panels = -(-outputs // PANEL)
    packed = panels * -(-depth // GROUP) * PANEL * GROUP
    return Call(
        "matmul",
        params,
        (x.operand, y.operand, *(() if bias is None else bias[:1])),
        (Held(x.dtype, shape),),
        units=panels * math.prod(batches.size),
        grain=grain(max(1, depth * rows * PANEL), 4),
        scratch=packed + panels * PANEL * 4 + depth * (rows if x.is_adjoint else 0 if view is None else PIXELS),
        keeps=(view, *last[1]),
    )


def _matmul16(x: Factor, y: Factor, finish: Requantization, shape: Shape, bias: tuple[int, str] | None) -> Call | None:
    (rows, depth), outputs = x.matrix, y.matrix[1]
    last, batches = requantized(finish, outputs), _batches(x, y)
    if y.dtype not in _SECOND or finish.dtype != "int16" or last is None or batches is None:
        return None
    params = native.MatMul16(
        last[0],
        rows,
        depth,
        outputs,
        batches,
        (ctypes.c_int64 * 2)(x.zero_point, held(y.zero_point, y.dtype)),
        _SECOND[y.dtype],
        0 if bias is None else np.dtype(bias[1]).itemsize,
    )
    return Call(
        "matmul16",
        params,
        (x.operand, y.operand, *(() if bias is None else bias[:1])),
        (Held("int16", shape),),
        units=-(-outputs // PANEL) * math.prod(batches.size),
        grain=grain(max(1, 2 * depth * rows * PANEL), 1),
        scratch=depth * PANEL * 2 + 64 + (rows * depth * 2 if x.is_adjoint else 0),
        keeps=last[1],
    )


def _batches(x: Factor, y: Factor) -> native.Batches | None:
    """Returns how the matrices of both factors make those of a result; None for too many dimensions."""
    rank = max(len(x.shape), len(y.shape)) - 2
    if rank > BATCHES:
        return None
    sizes = [(1,) * (BATCHES + 2 - len(f.shape)) + f.shape[:-2] for f in (x, y)]
    steps = []
    for factor, size in zip((x, y), sizes, strict=True):
        matrix = math.prod(factor.shape[-2:])
        apart = [math.prod(size[i + 1 :]) * matrix for i in range(BATCHES)]
        steps.append([0 if extent == 1 else step for extent, step in zip(size, apart, strict=True)])
    row = ctypes.c_int64 * BATCHES
    return native.Batches(
        row(*np.broadcast_shapes(*sizes)),
        (row * 2)(*(row(*s) for s in steps)),
        (ctypes.c_int64 * 2)(x.is_adjoint, y.is_adjoint),
    )
