"""What a layer answered to some samples."""

from __future__ import annotations

from typing import Final

import numpy as np

from intact.ir.types import Array

POSITIONS: Final = 256
"""Answers of each sample that are kept, evenly spread."""


class Answers:
    """Answers of the first layer: a bounded part of those to each sample."""

    def __init__(self) -> None:
        self._parts: list[Array] = []

    def see(self, answers: Array) -> None:
        """Sees what was answered to a sample: float32 (n, channels)."""
        if len(answers):
            self._parts.append(answers[:: max(1, len(answers) // POSITIONS)].astype(np.float64))

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def deviation(self) -> Array:
        """Returns the standard deviation of each channel: float64 (channels,)."""
        result: Array = np.concatenate(self._parts).std(axis=0)
        return result

    @property
    def typical(self) -> float:
        """Returns the deviation of the middle channel, by the width of the middle nine tenths of its answers.

        Of a normal distribution these are 3.29 deviations wide. A few samples far off do not count.
        """
        low, high = np.quantile(np.concatenate(self._parts), (0.05, 0.95), axis=0)
        return float(np.median(high - low)) / 3.29

    def moves(self, bias: Array, times: float = 1.0) -> float:
        """Returns the part of bias and deviation together that is deviation, where three in four channels move less.

        Args:
            bias: float64 (channels,), what the layer adds whatever it is fed.
            times: by how much larger the layer's input is to be thought.
        """
        deviation = times * self.deviation
        whole = np.abs(bias) + deviation
        return float(np.quantile(np.divide(deviation, whole, out=np.zeros_like(whole), where=whole > 0), 0.75))
