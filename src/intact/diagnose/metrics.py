"""How far an integer model's output is from the float model's, over many samples, in fixed memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.ir.types import Array

EQUAL_ENOUGH: Final = 0.9
"""Share of equal indices that stands in for a good SQNR: a tie that falls otherwise is no fault."""


@dataclass
class Accumulator:
    """Sums over the elements of two outputs, in float64.

    Elements where either side is not finite are counted and left out of the sums; where only the candidate is not, no
    sum says how far it is off, and SQNR is minus infinity. Indices, classes and conditions are no numbers to measure an
    error of: for them, elements that are equal are counted.
    """

    samples: int = 0
    elements: int = 0
    not_finite: int = 0
    broken: int = 0
    signal: float = 0.0
    noise: float = 0.0
    other: float = 0.0
    cross: float = 0.0
    worst: float = 0.0
    worst_sample: str = ""
    agreed: int = 0
    ranked: int = 0
    is_number: bool = True
    equal: int = 0

    def update(self, label: str, reference: Array, candidate: Array) -> None:
        """Adds one sample.

        Args:
            label: name of the sample.
            reference, candidate: the output of both models, same shape, real or complex numbers.
        """
        self.equal += int((np.asarray(reference) == np.asarray(candidate)).sum())
        if reference.dtype.kind in "iub" and candidate.dtype.kind in "iub":
            self.is_number = False
            self.samples += 1
            self.elements += int(np.asarray(reference).size)
            return
        a, b = _parts(reference), _parts(candidate)
        self._rank(np.asarray(reference), np.asarray(candidate))
        finite = np.isfinite(a) & np.isfinite(b)
        self.not_finite += int(a.size - finite.sum())
        self.broken += int((np.isfinite(a) & ~np.isfinite(b)).sum())
        a, b = a[finite], b[finite]
        error = np.abs(a - b)
        self.samples += 1
        self.elements += int(a.size)
        self.signal += float(a @ a)
        self.other += float(b @ b)
        self.cross += float(a @ b)
        self.noise += float(error @ error)
        largest = float(error.max(initial=0.0))
        if largest > self.worst or not self.worst_sample:
            self.worst, self.worst_sample = largest, label

    def _rank(self, reference: Array, candidate: Array) -> None:
        """Counts rows whose largest element, the first of equal ones, is at the same place. Rows run along the last
        dimension.
        """
        if reference.ndim == 0 or reference.shape[-1] < 2 or reference.dtype.kind == "c":
            return
        top = [side.reshape(-1, side.shape[-1]).argmax(axis=1) for side in (reference, candidate)]
        self.agreed += int((top[0] == top[1]).sum())
        self.ranked += len(top[0])

    @property
    def sqnr(self) -> float:
        """10 log10 of signal power over error power, dB; infinite where nothing differs.

        NaN where there is no number to measure: indices, and outputs that are all infinite.
        """
        if not self.is_number:
            return math.nan
        if self.broken:
            return -math.inf
        if self.not_finite and not self.elements:
            return math.nan
        if self.noise == 0:
            return math.inf
        return 10 * math.log10(self.signal / self.noise) if self.signal > 0 else -math.inf

    def is_below(self, decibels: float) -> bool:
        """True where SQNR does not reach so many dB; for indices, where less than nine in ten are equal."""
        return not self.sqnr >= decibels if self.is_number else self.equality < EQUAL_ENOUGH

    @property
    def cosine(self) -> float:
        """Cosine of the angle between both outputs over all samples; 1 where both are zero."""
        length = math.sqrt(self.signal * self.other)
        return self.cross / length if length > 0 else float(self.signal == self.other)

    @property
    def agreement(self) -> float | None:
        """Share of rows with the same largest element; None for outputs without rows of two or more, or of indices."""
        return self.agreed / self.ranked if self.ranked else None

    @property
    def equality(self) -> float:
        """Share of elements that are equal."""
        total = self.elements + self.not_finite
        return self.equal / total if total else 1.0

    def as_dict(self) -> dict[str, Any]:
        """The measures as plain data; infinite ones as None."""
        if not self.is_number:
            return {"samples": self.samples, "elements": self.elements, "equal": self.equality}
        return {
            "samples": self.samples,
            "elements": self.elements,
            "equal": self.equality,
            "sqnr_db": self.sqnr if math.isfinite(self.sqnr) else None,
            "identical": self.sqnr == math.inf,
            "cosine": self.cosine,
            "max_abs_error": self.worst,
            "worst_sample": self.worst_sample,
            "top1_agreement": self.agreement,
            "not_finite": self.not_finite,
        }


def _parts(array: Array) -> Array:
    """The elements in float64, those of complex numbers as real and imaginary parts."""
    flat = np.asarray(array).reshape(-1)
    return flat.astype(np.complex128).view(np.float64) if flat.dtype.kind == "c" else flat.astype(np.float64)
