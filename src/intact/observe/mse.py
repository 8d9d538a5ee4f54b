"""The range with the least mean square error of quantization."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.observe.sketched import Sketched

_STEPS: Final = 64
_ROUNDS: Final = 3


class MeanSquareError(Sketched):
    """The range that costs least: numbers beyond it are clipped to its ends, the rest rounded to even steps.

    Its ends are sought in turn, each among 64 parts of what was seen on its side of 0, until neither moves; numbers
    are taken as the middles of the sketch's buckets.

    Sources:
        the criterion is that of Banner et al., "Post training 4-bit quantization of convolutional networks for
        rapid-deployment", 2019, summed over what was seen in place of a fitted distribution.
    """

    name = "mse"
    about = "the range with the least mean square error of quantization"

    def clipped(self, low: float, high: float, levels: int) -> tuple[float, float]:
        """Returns the ends that cost least; they hold 0, as every quantized range does."""
        values, counts = self.sketch.points()
        ends = [min(low, 0.0), max(high, 0.0)]
        parts = np.arange(1, _STEPS + 1) / _STEPS
        for _ in range(_ROUNDS):
            before = list(ends)
            for side, seen in enumerate((min(low, 0.0), max(high, 0.0))):
                if seen == 0.0:
                    continue
                tried = [_error(values, counts, _replaced(ends, side, part * seen), levels) for part in parts]
                ends = _replaced(ends, side, float(parts[int(np.argmin(tried))] * seen))
            if ends == before:
                break
        return ends[0], ends[1]


def _replaced(ends: list[float], side: int, end: float) -> list[float]:
    return [end, ends[1]] if side == 0 else [ends[0], end]


def _error(values: NDArray[np.float64], counts: NDArray[np.int64], ends: list[float], levels: int) -> float:
    """Returns the sum of square errors of numbers that are clipped to a range and rounded to one of the levels."""
    low, high = ends
    step = (high - low) / (levels - 1)
    if step <= 0:
        return float(np.sum(counts * values**2))
    zero = round(-low / step)
    codes = np.clip(np.rint(values / step) + zero, 0, levels - 1)
    return float(np.sum(counts * ((codes - zero) * step - values) ** 2))
