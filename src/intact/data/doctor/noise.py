"""W307: samples that somebody drew at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Named, Subject
from intact.data.doctor.finding import Finding
from intact.data.doctor.pictures import is_signal, layout, neighbours
from intact.ir.types import Array

UNRELATED: Final = 0.1
"""Correlation of neighbours below which they say nothing of each other; of photographs and spectrograms it is above
0.5, of independent numbers 0 give or take 1 / sqrt(pairs)."""

ENOUGH: Final = 1024
"""Pairs of neighbours from which UNRELATED is more than three deviations of what chance makes."""


class Noise(Check):
    """Pictures and recordings whose neighbouring numbers are unrelated along every axis.

    Pictures of four channels are left out: the latent space of a diffusion model has as many, and starts as noise.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._found = {port.name: Named() for port in subject.real}
        self._sums = dict.fromkeys(self._found, 0.0)
        self._pairs = dict.fromkeys(self._found, 0)
        self._judged = dict.fromkeys(self._found, 0)
        self._pooled = {port.name: Named() for port in subject.real}

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Correlates neighbours."""
        for name, named in self._found.items():
            views = _axes(arrays[name])
            if views is None or _is_sparse(arrays[name]):
                continue
            array, axes = views
            related = max((neighbours(array, axis) for axis in axes), key=abs)
            self._judged[name] += 1
            self._pairs[name] += array.size
            self._sums[name] += related * array.size
            self._pooled[name].add(label)
            if array.size >= ENOUGH and abs(related) < UNRELATED:
                named.add(label)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding an input: of the samples alone where they are large enough, else of all together."""
        for name, found in self._found.items():
            named = found
            if not self._judged[name]:
                continue
            mean = self._sums[name] / self._pairs[name]
            if not named.count and self._pairs[name] >= ENOUGH and abs(mean) < UNRELATED:
                named = self._pooled[name]
            if named.count:
                yield Finding(
                    "W307",
                    name,
                    f"{named.count} of {self._judged[name]} samples look like random noise: neighbouring numbers are "
                    f"unrelated (correlation {mean:.2f} over all, above 0.5 in pictures and sounds)",
                    "Calibrate on real samples: the ranges of noise are not those of the data",
                    tuple(named.labels),
                    named.count,
                    {"samples": named.count, "correlation": mean},
                )


def _axes(array: Array) -> tuple[Array, tuple[int, ...]] | None:
    """Returns an array and the axes along which neighbours should be related."""
    found = layout(array.shape)
    if found is not None:
        return (found.pictures(array), (1, 2)) if found.channels < 4 else None
    return (array.reshape(-1), (0,)) if is_signal(array) else None


def _is_sparse(array: Array) -> bool:
    """True where half the numbers are at an end: masks, strokes, one-hot rows. It is their nature not to be related."""
    return any(2 * np.count_nonzero(array == end) >= array.size for end in (array.min(), array.max()))
