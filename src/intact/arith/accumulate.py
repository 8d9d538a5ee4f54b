"""Integer accumulators of convolutions and matrix products, by floating-point matrix multiplication that is exact.

Sums of products of small integers are exact in float32 as long as every partial sum stays within 2^24, and in float64
within 2^53. The bound is known from the weights before anything runs, so the faster type is taken where it is proven to
give the exact integers; the order of the sum does not matter then, and any BLAS gives the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Array = NDArray[Any]

_EXACT32: Final = 2**24
_EXACT64: Final = 2**53
_BLOCK: Final = 1 << 18
"""Elements of an intermediate at a time (1 MB of float32), so that it stays in the cache from one step to the next."""


@dataclass(frozen=True)
class Window:
    """A window slid over rows and columns; every pair is (rows, columns).

    Args:
        size: elements of the window.
        stride, dilation: elements.
        before: padding above and to the left.
        positions: how many the window takes.
    """

    size: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    before: tuple[int, int]
    positions: tuple[int, int]

    def pad(self, image: Array, filler: float = 0) -> Array:
        """Returns an image (n, rows, columns, channels) with all that the window reads beside it, `filler` there."""
        n, rows, columns, channels = image.shape
        (top, left), reach = self.before, self.reach()
        if (top, left) == (0, 0) and reach[0] <= rows and reach[1] <= columns:
            return image
        shape = (n, max(rows + top, reach[0]), max(columns + left, reach[1]), channels)
        padded = np.full(shape, filler, image.dtype) if filler else np.zeros(shape, image.dtype)
        padded[:, top : top + rows, left : left + columns] = image
        return padded

    def reach(self) -> tuple[int, int]:
        """Rows and columns of the padded image that the window reads."""
        rows, columns = (
            (p - 1) * s + (k - 1) * d + 1
            for p, s, k, d in zip(self.positions, self.stride, self.size, self.dilation, strict=True)
        )
        return rows, columns

    def views(self, padded: Array) -> Array:
        """Returns a view (n, positions, positions, size, size, channels) of a padded image; no copy."""
        n, channels = padded.shape[0], padded.shape[3]
        along = padded.strides
        strides = (
            along[0],
            *(along[1 + i] * self.stride[i] for i in range(2)),
            *(along[1 + i] * self.dilation[i] for i in range(2)),
            along[3],
        )
        return as_strided(padded, (n, *self.positions, *self.size, channels), strides, writeable=False)


def largest_sum(weights: Array, largest: int) -> int:
    """Returns a bound on |sum of products| of rows of weights (n, k) with inputs of magnitude up to `largest`."""
    if weights.size == 0:
        return 0
    return int(np.abs(weights.astype(np.float64)).sum(axis=1).max()) * largest


def exact_type(bound: int) -> type[np.float32] | type[np.float64]:
    """Returns the fastest type that holds all integers of magnitude up to `bound`.

    Raises:
        ValueError: none does.
    """
    if bound >= _EXACT64:
        raise ValueError(f"sums reach {bound}, beyond 2^53")
    return np.float32 if bound <= _EXACT32 else np.float64


@dataclass(frozen=True, eq=False)
class Matrix:
    """Weights (outputs, inputs) ready to be multiplied exactly.

    Args:
        weights: integers (outputs, inputs), zero points removed.
        largest: largest magnitude of an input, zero point removed.
    """

    weights: Array
    largest: int
    packed: Array = field(init=False)

    def __post_init__(self) -> None:
        dtype = exact_type(largest_sum(self.weights, self.largest))
        object.__setattr__(self, "packed", np.ascontiguousarray(self.weights.T.astype(dtype)))

    def __call__(self, rows: Array) -> Array:
        """Returns rows (n, inputs) times the weights: (n, outputs), exact integers as float32 or float64."""
        product: Array = rows.astype(self.packed.dtype, copy=False) @ self.packed
        return product


def convolve(image: Array, window: Window, matrix: Matrix) -> Array:
    """Returns the accumulators of a convolution, without bias.

    Args:
        image: integers (n, rows, columns, channels), zero point removed.
        matrix: weights (outputs, size * size * channels).
    Returns:
        (n, positions, positions, outputs), exact integers as float32 or float64.
    """
    n, _, _, channels = image.shape
    outputs = matrix.packed.shape[1]
    padded = window.pad(image.astype(matrix.packed.dtype, copy=False))
    result = np.empty((n, *window.positions, outputs), matrix.packed.dtype)
    if window.size == (1, 1) and window.stride == (1, 1) and padded.shape[1:3] == window.positions:
        np.matmul(padded.reshape(-1, channels), matrix.packed, out=result.reshape(-1, outputs))
        return result
    views = window.views(padded)
    depth = window.size[0] * window.size[1] * channels
    step = max(1, _BLOCK // max(1, window.positions[1] * depth))
    for image_index in range(n):
        for row in range(0, window.positions[0], step):
            part = np.s_[image_index, row : row + step]
            columns = np.ascontiguousarray(views[part]).reshape(-1, depth)
            np.matmul(columns, matrix.packed, out=result[part].reshape(-1, outputs))
    return result


def convolve_depthwise(image: Array, window: Window, weights: Array, largest: int) -> Array:
    """Returns the accumulators of a depthwise convolution, without bias.

    Args:
        image: integers (n, rows, columns, channels), zero point removed.
        weights: integers (size, size, channels, multiplier), zero points removed.
        largest: largest magnitude of an input, zero point removed.
    Returns:
        (n, positions, positions, channels * multiplier), exact integers as float32 or float64.
    """
    height, width, channels, multiplier = weights.shape
    dtype = exact_type(largest_sum(weights.reshape(height * width, -1).T, largest))
    factors = weights.astype(dtype)
    padded = window.pad(image.astype(dtype, copy=False))
    n, (rows, columns) = image.shape[0], window.positions
    result = np.empty((n, rows, columns, channels, multiplier), dtype)
    step = max(1, _BLOCK // max(1, 4 * columns * channels * multiplier))
    buffer = np.empty((step, columns, channels, multiplier), dtype)
    (down, right), (spread_y, spread_x) = window.stride, window.dilation
    for image_index in range(n):
        for row in range(0, rows, step):
            acc = result[image_index, row : row + step]
            part = buffer[: acc.shape[0]]
            for y in range(height):
                top = row * down + y * spread_y
                for x in range(width):
                    left = x * spread_x
                    source = padded[
                        image_index,
                        top : top + (acc.shape[0] - 1) * down + 1 : down,
                        left : left + (columns - 1) * right + 1 : right,
                        :,
                        None,
                    ]
                    if y == x == 0:
                        np.multiply(source, factors[y, x], out=acc)
                    else:
                        np.multiply(source, factors[y, x], out=part)
                        acc += part
    return result.reshape(n, rows, columns, channels * multiplier)


def convolve_transposed(image: Array, window: Window, weights: Array, largest: int, size: tuple[int, int]) -> Array:
    """Returns the accumulators of a transposed convolution, without bias: every position adds its window to the result.

    Args:
        image: integers (n, positions, positions, channels), zero point removed.
        window: over the result.
        weights: integers (outputs, size, size, channels), zero points removed.
        largest: largest magnitude of an input, zero point removed.
        size: rows and columns of the result.
    Returns:
        (n, rows, columns, outputs), exact integers as float32 or float64.
    """
    outputs, height, width, _ = weights.shape
    dtype = exact_type(largest_sum(weights.reshape(outputs, -1), largest))
    source: Array = image.astype(dtype, copy=False)
    factors: Array = weights.astype(dtype)
    (rows, columns), (top, left), (down, right) = window.positions, window.before, window.stride
    reach = window.reach()
    canvas = np.zeros((image.shape[0], max(reach[0], top + size[0]), max(reach[1], left + size[1]), outputs), dtype)
    for y in range(height):
        for x in range(width):
            place = np.s_[:, y : y + (rows - 1) * down + 1 : down, x : x + (columns - 1) * right + 1 : right]
            canvas[place] += source @ factors[:, y, x].T
    return np.ascontiguousarray(canvas[:, top : top + size[0], left : left + size[1]])
