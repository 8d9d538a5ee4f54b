"""Which arrays are pictures, and how their neighbouring numbers hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.ir.types import Array, Shape

CHANNELS: Final = (1, 3, 4)
"""Grey, three colours, three colours and transparency. Other counts are feature maps, in no visible order."""

LEAST: Final = 8
"""Rows and columns below which a picture is too small for its neighbours to say anything."""


LONG: Final = 8000
"""Numbers of a one-dimensional input from which it is taken for a recording, half a second at 16 kHz. Shorter ones may
be features, of which no two neighbours need have anything to do with each other."""

LOOKED_AT: Final = 16384
"""Numbers of an array that neighbours are compared in: the correlation is then known to 1 in 100."""


@dataclass(frozen=True)
class Layout:
    """How an array holds pictures.

    Args:
        height, width, channels: of one picture.
        first: True where the channels come before rows and columns.
    """

    height: int
    width: int
    channels: int
    first: bool

    def pictures(self, array: Array) -> Array:
        """Returns the pictures as (n, height, width, channels)."""
        if self.first:
            return array.reshape(-1, self.channels, self.height, self.width).transpose(0, 2, 3, 1)
        return array.reshape(-1, self.height, self.width, self.channels)

    @property
    def other(self) -> Layout:
        """Returns the layout of the same bytes with the channels on the other side."""
        return Layout(self.height, self.width, self.channels, not self.first)


def layout(shape: Shape) -> Layout | None:
    """Returns how an array of this shape holds pictures; None where nothing says that it does.

    Four dimensions, or three, with a number of channels on one side alone and the rest no smaller than LEAST.
    """
    if len(shape) not in (3, 4):
        return None
    one, two, three = shape[-3:]
    last = three in CHANNELS and min(one, two) >= LEAST
    first = len(shape) == 4 and one in CHANNELS and min(two, three) >= LEAST
    if last == first:
        return None
    return Layout(two, three, one, first=True) if first else Layout(one, two, three, first=False)


def is_signal(array: Array) -> bool:
    """True for pictures, spectrograms and recordings; False for rows of features, tokens and feature maps."""
    return layout(array.shape) is not None or (array.size >= LONG and max(array.shape) == array.size)


def roughness(pictures: Array) -> float:
    """Returns how far neighbours along rows and columns are apart, as a part of the deviation of all numbers.

    0 for what changes slowly, 2 / sqrt(pi) = 1.13 for independent normal numbers.

    Args:
        pictures: (n, height, width, channels), at least one; 0 where each of them has one colour.
    """
    lines = [_thinned(pictures, axis).astype(np.float64) for axis in (1, 2)]
    steps = sum(float(np.abs(np.diff(some, axis=axis)).mean()) for some, axis in zip(lines, (1, 2), strict=True))
    deviation = sum(float(some.std()) for some in lines)
    return steps / deviation if deviation else 0.0


def neighbours(array: Array, axis: int) -> float:
    """Returns the correlation of numbers with the next ones along an axis, in [-1, 1]; 0 for constant ones."""
    some = np.moveaxis(_thinned(array, axis), axis, 0).astype(np.float64)
    before, after = some[:-1] - some[:-1].mean(), some[1:] - some[1:].mean()
    scale = float(np.sqrt((before**2).mean() * (after**2).mean()))
    return float((before * after).mean()) / scale if scale else 0.0


def _thinned(array: Array, axis: int) -> Array:
    """Returns lines along an axis, whole and evenly spread, of about LOOKED_AT numbers in all."""
    step = max(1, array.size // LOOKED_AT)
    steps = [1] * array.ndim
    for other in sorted((a for a in range(array.ndim) if a != axis), key=lambda a: -array.shape[a]):
        steps[other] = min(step, max(1, array.shape[other] // 4))
        step = max(1, step // steps[other])
    return array[tuple(slice(None, None, s) for s in steps)]
