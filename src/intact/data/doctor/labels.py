"""W308: labels and row numbers among the numbers of the samples."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Subject
from intact.data.doctor.finding import Finding
from intact.ir.types import Array

FEWEST: Final = 8
"""Samples below which a column may be whole by chance."""

COLUMNS: Final = 4
"""Columns that a row of features must have for one to stand out."""

WIDEST: Final = 1 << 16
"""Columns beyond which a row is no line of a table."""

CLASSES: Final = 1000
"""Largest class number that is thought of."""


class Labels(Check):
    """A first or last column of whole numbers beside columns of fractions, and one-hot rows as wide as the output.

    A table with several whole columns has whole features, and one-hot rows of another width are tokens.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._columns = {p.name: _Columns() for p in subject.real}
        widths = {_width(value.type.shape) for value in subject.graph.outputs}
        self._one_hot = {p.name: _width(p.type.shape) in widths - {None} for p in subject.ports}

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Looks at each input that is a row."""
        for name, columns in self._columns.items():
            array = arrays[name]
            if _width(array.shape) is not None:
                row = array.reshape(-1)
                columns.see(row)
        for name, is_one_hot in self._one_hot.items():
            if is_one_hot:
                row = arrays[name].reshape(-1)
                self._one_hot[name] = bool(np.count_nonzero(row) == 1 and row.max() == 1)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding an input."""
        for name, is_one_hot in self._one_hot.items():
            if is_one_hot and self.subject.count >= FEWEST:
                yield Finding(
                    "W308",
                    name,
                    "every sample is one 1 among zeros, as many numbers as the network has outputs: these look like "
                    "labels, not like samples",
                    "Give the inputs the network was trained on, not its targets",
                    (),
                    self.subject.count,
                )
        for name, columns in self._columns.items():
            found = columns.odd_one_out()
            if found is None:
                continue
            place, kind = found
            low, high = columns.low[place], columns.high[place]
            yield Finding(
                "W308",
                name,
                f"column {place} of {columns.width} holds {kind}, whole numbers of {low:g} to {high:g}, beside columns "
                "of fractions",
                "Leave that column out, and see that the features are those the network was trained on",
                (),
                columns.count,
                {"column": place, "low": low, "high": high},
            )


class _Columns:
    """What the rows of a table have in common, by column."""

    def __init__(self) -> None:
        self.count = 0
        self.width = 0
        self.low = self.high = self._last = np.empty(0)
        self._whole = self._next = np.empty(0, bool)

    def see(self, row: Array) -> None:
        """Sees a row."""
        if self.count == 0:
            self.width = row.size
            self.low, self.high = np.full(row.size, math.inf), np.full(row.size, -math.inf)
            self._whole, self._next = np.ones(row.size, bool), np.ones(row.size, bool)
        elif row.size != self.width:
            return
        else:
            self._next &= row == self._last + 1
        self.count += 1
        self.low, self.high = np.minimum(self.low, row), np.maximum(self.high, row)
        self._whole &= row == np.trunc(row)
        self._last = row.astype(np.float64)

    def odd_one_out(self) -> tuple[int, str] | None:
        """Returns the column at one end that alone is whole, and what it seems to be; None where there is none."""
        if self.count < FEWEST or not COLUMNS <= self.width <= WIDEST:
            return None
        whole = np.flatnonzero(self._whole & (self.high > self.low))
        fractions = np.count_nonzero(~self._whole)
        if whole.size != 1 or whole[0] not in (0, self.width - 1) or 2 * fractions < self.width:
            return None
        place = int(whole[0])
        if self._next[place]:
            return place, "row numbers"
        is_class = self.low[place] >= 0 and self.high[place] <= min(CLASSES, max(self.count, 2))
        return (place, "labels") if is_class else None


def _width(shape: tuple[int, ...] | None) -> int | None:
    """Returns how many numbers a row has; None for what is no row."""
    if shape is None or not shape or max(shape) != math.prod(shape) or max(shape) < COLUMNS:
        return None
    return max(shape)
