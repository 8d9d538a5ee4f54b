"""Whether a description fits an input, and the arrays that are given for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from intact.data.described import Described, ImageInput
from intact.data.samples import Samples
from intact.errors import UsageError
from intact.ir.port import Port
from intact.ir.stored import real, takes_reals
from intact.ir.types import TensorType

CHANNELS: Final = (1, 3, 4)
"""Channels that an image may have."""

MOST_CHANNELS: Final = 8
"""Channels that a recording may have."""

LOOKED_AT: Final = 16
"""Samples that are looked at, evenly spread: how arrays were prepared holds for all of them."""

BEYOND: Final = 0.05
"""Part of the described range that numbers may be outside of it: filters that resize and resample overshoot."""

NARROW: Final = 1 / 64
"""Part of the described range that the numbers span at least, where they fill it: pixels of 0 to 1 span 1 of 255."""


def takes(type: TensorType, one: Described) -> bool:
    """Returns whether an input has the shape of what a description is about; an unknown shape may have any."""
    shape = type.shape
    if shape is None:
        return True
    if isinstance(one, ImageInput):
        return len(shape) in (3, 4) and (shape[-1] in CHANNELS or shape[-3] in CHANNELS)
    inner = shape[1:] if len(shape) > 1 and shape[0] == 1 else shape
    return len(inner) == 1 or (len(inner) == 2 and 1 <= inner[1] <= MOST_CHANNELS)


def misfit(name: str, type: TensorType, one: Described) -> UsageError:
    """Returns the error for a description of an input that takes no such thing."""
    what, expected = ("sound", "[N], [1, N] or [1, N, channels]")
    if isinstance(one, ImageInput):
        what, expected = ("image", "1, 3 or 4 channels in 3 or 4 dimensions")
    return UsageError(
        f"input '{name}' of shape {list(type.shape or ())} is described as {what}, and takes none",
        expected=f"an input of {expected}",
        fix="Where the model takes features, compute them as in training and leave the description out",
    )


def require_channels(name: str, type: TensorType, one: Described) -> None:
    """Raises E003 where means or deviations are given for another number of channels than an input has."""
    shape = type.signature or type.shape
    if not isinstance(one, ImageInput) or not shape or len(shape) < 3:
        return
    is_first = one.layout == "nchw" or (one.layout is None and shape[-1] not in (*CHANNELS, -1))
    count = shape[-3 if is_first else -1]
    for what, numbers in (("mean", one.mean), ("std", one.std)):
        if isinstance(numbers, tuple) and count not in (len(numbers), -1):
            raise UsageError(
                f"{len(numbers)} numbers are given as {what} of the {count} channels of '{name}'",
                expected=f"1 or {count}" if count > 1 else "1",
            )


def hold_all(samples: Samples, asked: Mapping[str, Described]) -> list[str]:
    """Returns what a user should know of arrays that are given for inputs he describes, a sentence each.

    Raises:
        UsageError: E003 for numbers that a description cannot make.
    """
    held = [hold(samples, port, asked[port.name]) for port in samples.ports if port.name in asked]
    return [note for note in held if note]


def hold(samples: Samples, port: Port, one: Described) -> str | None:
    """Holds arrays, which are taken as they are, against what a user says that their numbers stand for.

    Returns:
        what a user should know of them; None where nothing is said of numbers, or the samples were read by it.
    Raises:
        UsageError: E003 for numbers that the description cannot make.
    """
    if port.name in samples.described or (isinstance(one, ImageInput) and not one.is_numeric):
        return None
    (low, high), (first, last) = _extent(samples, port), one.reals
    described = f"real = {one.formula} in [{first:.4g}, {last:.4g}]"
    slack = BEYOND * (last - first)
    if low < first - slack or high > last + slack:
        raise UsageError(
            f"input '{port.name}' is described as {described}, and its arrays hold numbers in [{low:.4g}, {high:.4g}]",
            expected="arrays that were prepared as is described",
            fix="Arrays are taken as they are: a description is for files of images and sounds, and the model keeps it",
        )
    if not low <= high:
        return None
    note = f"input '{port.name}': arrays are taken as they are, in [{low:.4g}, {high:.4g}]; described is {described}"
    if high - low < NARROW * (last - first):
        note += ": these are hardly the same, and the model keeps the description"
    return note


def _extent(samples: Samples, port: Port) -> tuple[float, float]:
    """Returns the smallest and largest real number of some samples; NaN and infinity are refused elsewhere."""
    low, high = np.inf, -np.inf
    some = samples.take(LOOKED_AT)
    for index in range(len(some)):
        array = some.given(index, port)
        if takes_reals(port.type) and array.dtype == port.type.dtype.numpy:
            array = real(array, port.type)
        if array.size:
            low, high = min(low, float(array.min())), max(high, float(array.max()))
    return low, high
