"""W313: real numbers that a quantized input cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Extent, Subject
from intact.data.doctor.finding import Finding
from intact.ir.stored import takes_reals, zero_point
from intact.ir.types import Array

OUTSIDE: Final = 0.1
"""Part of the numbers that may be beyond the range; calibration by percentiles leaves one in 100 at most there."""

STEPS: Final = 4
"""Steps of the input's scale that all numbers together must span; of 256, this is 2 bits of 8."""


class Clipped(Check):
    """Numbers beyond the range of a quantized input, which become its end, and numbers that all become a few."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._ranges: dict[str, tuple[float, float, float]] = {}
        for port in subject.ports:
            if takes_reals(port.type) and port.type.quant is not None:
                scale, zero = float(port.type.quant.scale[0]), zero_point(port.type)
                low, high = port.type.dtype.limits
                self._ranges[port.name] = scale * (low - zero), scale * (high - zero), scale
        self._extent = {name: Extent() for name in self._ranges}
        self._outside = dict.fromkeys(self._ranges, 0)
        self._count = dict.fromkeys(self._ranges, 0)

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Counts what is outside."""
        for name, (low, high, scale) in self._ranges.items():
            array = arrays[name]
            self._extent[name].see(array)
            self._outside[name] += int(np.count_nonzero((array < low - scale) | (array > high + scale)))
            self._count[name] += array.size

    def findings(self) -> Iterator[Finding]:
        """Yields at most one finding an input."""
        for name, (low, high, scale) in self._ranges.items():
            extent, count = self._extent[name], self._count[name]
            if not count:
                continue
            share, span = self._outside[name] / count, (extent.high - extent.low) / scale
            stores = f"the input stores {low:.4g} to {high:.4g} in steps of {scale:.4g}"
            figures = {"outside": share, "steps": span}
            fix = "Scale the samples as the input contract says: `intact inspect` shows it"
            if share > OUTSIDE:
                text = f"values are in {extent}, and {share:.0%} of them are cut off: {stores}"
            elif 0 < span < STEPS and low <= extent.low and extent.high <= high:
                text = f"values are in {extent}, which is {span:.1f} steps: {stores}"
            else:
                continue
            yield Finding("W313", name, text, fix, (), self.subject.count, figures)
