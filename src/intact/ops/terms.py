"""What one number of a convolution, a matrix product or a plain sum is the sum of."""

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


def convolution(at: tuple[int, ...], image: Array, filter: Array, place: Window, zeros: tuple[int, int]) -> list[Term]:
    """Returns the products of a convolution, in groups where the filter takes fewer channels than the image has.

    Args:
        zeros: zero points of the image and of the filter.
    """
    taken = filter.shape[3]
    groups = image.shape[3] // taken
    first = at[3] // (filter.shape[0] // groups) * taken
    return [
        term(image, (at[0], row, column, first + channel), filter, (at[3], y, x, channel), zeros)
        for y, x, row, column in under_window(at, image, place)
        for channel in range(taken)
    ]


def depthwise(at: tuple[int, ...], image: Array, filter: Array, place: Window, zeros: tuple[int, int]) -> list[Term]:
    """Returns the products of a depthwise convolution."""
    channel = at[3] // (filter.shape[3] // image.shape[3])
    return [
        term(image, (at[0], row, column, channel), filter, (0, y, x, at[3]), zeros)
        for y, x, row, column in under_window(at, image, place)
    ]


def along(
    input: Array,
    weights: Array,
    count: int,
    input_at: Callable[[int], tuple[int, ...]],
    weight_at: Callable[[int], tuple[int, ...]],
    zeros: tuple[int, int],
) -> list[Term]:
    """Returns the products of a sum over one index."""
    return [term(input, input_at(i), weights, weight_at(i), zeros) for i in range(count)]


def transposed(at: tuple[int, ...], image: Array, weights: Array, place: Window, zeros: tuple[int, int]) -> list[Term]:
    """Returns the products of a transposed convolution: those of the input positions whose window covers the element.

    Args:
        place: the window over the result.
    """
    found = []
    for y, x in itertools.product(range(place.size[0]), range(place.size[1])):
        row, down = divmod(at[1] + place.before[0] - y, place.stride[0])
        column, right = divmod(at[2] + place.before[1] - x, place.stride[1])
        if down == right == 0 and 0 <= row < image.shape[1] and 0 <= column < image.shape[2]:
            found += [
                term(image, (at[0], row, column, channel), weights, (at[3], y, x, channel), zeros)
                for channel in range(image.shape[3])
            ]
    return found


def reduced(at: tuple[int, ...], input: Array, axes: tuple[int, ...], kept: bool, zero: int) -> list[Term]:
    """Returns the terms of a sum along some dimensions.

    Args:
        kept: the result has those dimensions with size 1.
        zero: what each term is lessened by.
    """
    rest = iter(at)
    start = [0 if i in axes and not kept else next(rest) for i in range(input.ndim)]
    ranges = [range(s) if i in axes else (start[i],) for i, s in enumerate(input.shape)]
    return [plain(input, place, zero) for place in itertools.product(*ranges)]


def plain(input: Array, at: tuple[int, ...], zero: int = 0) -> Term:
    """Returns a code as a term of its own."""
    return Term(at, int(input[at]), (), 1, zero)


def broadcast_place(at: tuple[int, ...], operand: Array) -> tuple[int, ...]:
    """Returns where the element of an operand is that an element of a broadcast result is made of."""
    return tuple(0 if size == 1 else i for i, size in zip(at[len(at) - operand.ndim :], operand.shape, strict=True))


def term(
    input: Array,
    input_at: tuple[int, ...],
    weights: Array,
    weight_at: tuple[int, ...],
    zeros: tuple[int, int] = (0, 0),
) -> Term:
    """Returns one product."""
    return Term(input_at, int(input[input_at]), weight_at, int(weights[weight_at]), *zeros)
