"""The range with the least mean square error of quantization."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.observe.sketched import Sketched

Floats = NDArray[np.float64]

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
                if seen != 0.0:
                    lows, highs = (parts * seen if s == side else np.full(_STEPS, ends[s]) for s in range(2))
                    best = int(np.argmin(_errors(values, counts, lows, highs, levels)))
                    ends[side] = float(parts[best] * seen)
            if ends == before:
                break
        return ends[0], ends[1]


def _errors(values: Floats, counts: NDArray[np.int64], lows: Floats, highs: Floats, levels: int) -> Floats:
    """Returns, for each of several ranges, the sum of square errors of numbers that are clipped to it and rounded."""
    steps = (highs - lows)[:, None] / (levels - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        zeros = np.rint(-lows[:, None] / steps)
        codes = np.clip(np.rint(values / steps) + zeros, 0, levels - 1)
        kept = np.where(steps > 0, (codes - zeros) * steps, 0.0)
    return np.square(kept - values) @ counts.astype(np.float64)
