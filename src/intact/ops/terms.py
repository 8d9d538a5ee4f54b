"""The products that one number of a convolution or matrix product is the sum of."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from intact.arith.accumulate import Window
from intact.ir.term import Term
from intact.ir.types import Array


def under_window(at: tuple[int, ...], image: Array, place: Window) -> Iterator[tuple[int, int, int, int]]:
    """Yields (y, x, row, column): each element of a window that lies on the image, and where on it.

    Args:
        at: (n, position, position, channel) of the result.
    """
    _, rows, columns, _ = image.shape
    for y, x in itertools.product(range(place.size[0]), range(place.size[1])):
        row = at[1] * place.stride[0] - place.before[0] + y * place.dilation[0]
        column = at[2] * place.stride[1] - place.before[1] + x * place.dilation[1]
        if 0 <= row < rows and 0 <= column < columns:
            yield y, x, row, column


def convolution(at: tuple[int, ...], image: Array, filter: Array, place: Window) -> list[Term]:
    """Returns the products of a convolution, in groups where the filter takes fewer channels than the image has."""
    taken = filter.shape[3]
    groups = image.shape[3] // taken
    first = at[3] // (filter.shape[0] // groups) * taken
    return [
        term(image, (at[0], row, column, first + channel), filter, (at[3], y, x, channel))
        for y, x, row, column in under_window(at, image, place)
        for channel in range(taken)
    ]


def depthwise(at: tuple[int, ...], image: Array, filter: Array, place: Window) -> list[Term]:
    """Returns the products of a depthwise convolution."""
    channel = at[3] // (filter.shape[3] // image.shape[3])
    return [
        term(image, (at[0], row, column, channel), filter, (0, y, x, at[3]))
        for y, x, row, column in under_window(at, image, place)
    ]


def along(
    input: Array,
    weights: Array,
    count: int,
    input_at: Callable[[int], tuple[int, ...]],
    weight_at: Callable[[int], tuple[int, ...]],
) -> list[Term]:
    """Returns the products of a sum over one index."""
    return [term(input, input_at(i), weights, weight_at(i)) for i in range(count)]


def term(input: Array, input_at: tuple[int, ...], weights: Array, weight_at: tuple[int, ...]) -> Term:
    """Returns one product."""
    return Term(input_at, int(input[input_at]), weight_at, int(weights[weight_at]))
