"""What calibration asks of an array of floats, in one pass over it where the C kernels are built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import Array
from intact.native import direct, statistics
from intact.native.library import Absence, Library, load


@dataclass(frozen=True, eq=False)
class Summary:
    """Of the numbers of an array.

    Args:
        min, max: of the finite ones; infinity and -infinity where there are none.
        nans: how many are NaN.
        infinities: how many are infinity or -infinity.
        histogram: int64 (bins,), the finite numbers x by floor((x - low) * float32(bins / (high - low))), each step
            rounded to float32; None where it was not asked for.
        below, above: finite numbers below the first and above the last bin; below also those whose place is no number,
            where the span is beyond float32.
    """

    min: float
    max: float
    nans: int
    infinities: int
    histogram: NDArray[np.int64] | None = None
    below: int = 0
    above: int = 0


def summary(
    array: Array,
    bins: int = 0,
    span: tuple[float, float] = (0.0, 1.0),
    library: Library | Absence | None = None,
) -> Summary:
    """Returns the summary of an array.

    Args:
        array: float32, any shape.
        bins: of the histogram, fewer than 2^24; 0 for none.
        span: low and high, where the first bin begins and the last ends.
        library: kernels to use; those that are built where None. An absent one is NumPy.
    """
    numbers = np.ascontiguousarray(array, np.float32).reshape(-1)
    low, factor = np.float32(span[0]), np.float32(bins / (span[1] - span[0]))
    library = load() if library is None else library
    if isinstance(library, Absence):
        return _summary(numbers, bins, low, factor)
    s = statistics.Summary()
    counts = np.zeros(bins + 2, np.int64) if bins else None
    params = statistics.Statistics(numbers.size, bins, low, factor)
    direct.run(library, "statistics", params, [numbers], [s] if counts is None else [s, counts])
    return _made(s.min, s.max, s.nans, s.positive + s.negative, counts)


def _summary(numbers: NDArray[np.float32], bins: int, low: np.float32, factor: np.float32) -> Summary:
    finite = numbers[np.isfinite(numbers)]
    ends = (float(finite.min()) + 0.0, float(finite.max()) + 0.0) if finite.size else (np.inf, -np.inf)
    nans = int(np.count_nonzero(np.isnan(numbers)))
    counts = None
    if bins:
        with np.errstate(over="ignore", invalid="ignore"):
            places = np.floor((finite - low) * factor)
        places = np.where(~(places >= 0), bins, np.where(places >= bins, bins + 1, places))
        counts = np.bincount(places.astype(np.int64), minlength=bins + 2)
    return _made(*ends, nans, numbers.size - finite.size - nans, counts)


def _made(low: float, high: float, nans: int, infinities: int, counts: NDArray[np.int64] | None) -> Summary:
    if counts is None:
        return Summary(low, high, nans, infinities)
    return Summary(low, high, nans, infinities, counts[:-2], int(counts[-2]), int(counts[-1]))
