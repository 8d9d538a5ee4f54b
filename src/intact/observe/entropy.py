"""The range that loses least information."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.observe.sketched import Sketched

_BINS: Final = 2048
_TRIED: Final = 64


class Entropy(Sketched):
    """The range whose quantized numbers are distributed most like the numbers themselves.

    For each of 64 magnitudes at which numbers are clipped, the numbers but 0 are counted in 2048 even bins, those
    beyond in the bins at the ends; the bins are merged to as many as there are levels and spread again over those that
    had any. The magnitude with the least Kullback-Leibler divergence of the two is taken.

    Sources:
        Migacz, "8-bit Inference with TensorRT", GTC 2017, there for symmetric ranges; here each end is clipped at the
        magnitude or left where the numbers end before it.
    """

    name = "entropy"
    about = "the range with the least Kullback-Leibler divergence of quantized numbers from the numbers"

    def clipped(self, low: float, high: float, levels: int) -> tuple[float, float]:
        """Returns the ends with the least divergence."""
        values, counts = self.sketch.points()
        # 0 is a level of every range and loses nothing; where it is most of what was seen, as after RELU, it would hide
        # what the rest loses.
        values, counts = values[values != 0], counts[values != 0]
        largest = max(-low, high)
        if levels >= _BINS or largest <= 0:
            return low, high
        # From a sixteenth of what was seen on: less is never the best, and costs accuracy where it is.
        limits = largest * 2.0 ** np.linspace(-4, 0, _TRIED)
        tried = [_divergence(values, counts, max(low, -t), min(high, t), levels) for t in limits]
        best = float(limits[int(np.argmin(tried))])
        return max(low, -best), min(high, best)


def _divergence(values: NDArray[np.float64], counts: NDArray[np.int64], low: float, high: float, levels: int) -> float:
    """Returns the divergence of the numbers quantized within [low, high] from the numbers."""
    if high <= low:
        return float("inf")
    places = np.clip(np.floor((values - low) * (_BINS / (high - low))), 0, _BINS - 1).astype(np.int64)
    inside = (values >= low) & (values <= high)
    clipped = np.bincount(places, counts, _BINS)
    kept = np.bincount(places[inside], counts[inside], _BINS)
    groups = np.arange(_BINS) * levels // _BINS
    seen = kept > 0
    total, filled = np.bincount(groups, kept, levels), np.bincount(groups, seen, levels)
    spread = np.where(seen, (total / np.maximum(filled, 1))[groups], 0.0)
    if not spread.any():
        return float("inf")
    p, q = clipped / clipped.sum(), spread / spread.sum()
    # What is clipped into a bin that has no numbers of its own is told apart by nothing: as good as lost.
    both = p > 0
    return float(np.sum(p[both] * np.log(p[both] / np.maximum(q[both], 1e-12))))
