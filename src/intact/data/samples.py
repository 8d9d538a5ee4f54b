"""Samples: a sized, re-iterable sequence that holds one sample in memory at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.data.described import Described
from intact.data.layout import Record, places
from intact.data.shape_rule import fit
from intact.data.stored import InMemory, Rows
from intact.data.type_rule import conversion_note, convert, require_finite
from intact.errors import DataError, UsageError
from intact.ir.port import Port
from intact.ir.types import Array

MOST_HELD_BACK: Final = 64


@dataclass(frozen=True)
class Sample:
    """What a model is given once.

    Args:
        label: where it comes from, unique within its samples: "cat.npy", "all.npz[3]", "samples[3]".
        arrays: by input name, in the input's own type and shape, read-only.
    """

    label: str
    arrays: dict[str, Array]


class Samples:
    """Samples for the inputs of a model, read when they are asked for.

    Order and contents are the same every time. Shapes and types are checked at once, values when a sample is read.
    Objects of this class can be pickled (files are then opened anew) and used from several threads.

    Args:
        records: in order; at least one.
        notes: what a user should know of how the samples were taken, one sentence each. Notes on how their numbers are
            converted are added.
        ports: the model's inputs.
        described: by input name, how the pixels of images and the samples of sounds became numbers.

    Raises:
        DataError: E301, E302, E303, naming the file, and the other files that do not fit.
    """

    def __init__(
        self,
        records: Sequence[Record],
        notes: Sequence[str],
        ports: Sequence[Port],
        described: Mapping[str, Described] | None = None,
    ) -> None:
        self.ports = tuple(ports)
        self.described = dict(described or {})
        self._records = tuple(records)
        self._where = places(records, ports)
        self.indices: tuple[int, ...] = tuple(range(len(self._where)))
        self._last: tuple[int, dict[str, Rows]] | None = None
        self._lock = threading.Lock()
        taken = (conversion_note(self._raw(*self._where[0], port), port) for port in ports)
        self.notes = tuple(dict.fromkeys([*notes, *(note for note in taken if note)]))

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Sample]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: int) -> Sample:
        """Reads a sample.

        Raises:
            DataError: E303, E304, E306, naming the file and the sample.
            IndexError: no such sample.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"sample {index} of {len(self)}; expected an index in [{-len(self)}, {len(self) - 1}]")
        number, row = self._where[self.indices[index]]
        record = self._records[number]
        place = "" if row is None else f"[{row}]"
        try:
            arrays = {port.name: self._read(number, row, port) for port in self.ports}
        except DataError as fault:
            if not fault.where:  # a fault of the file itself names the file
                fault.at(record.where + place)
            raise
        return Sample(record.label + place, arrays)

    def raw(self, index: int) -> dict[str, Array]:
        """Reads a sample as it was given, by input name: in the input's shape, in the type of its source.

        Raises:
            DataError: E304, E306, naming the file and the sample.
        """
        number, row = self._where[self.indices[index]]
        arrays = {port.name: self.given(index, port) for port in self.ports}
        for port in self.ports:
            try:
                require_finite(arrays[port.name], port)
            except DataError as fault:
                raise fault.at(self._records[number].where + ("" if row is None else f"[{row}]")) from None
        return arrays

    def labels(self) -> list[str]:
        """Returns what each sample is called, without reading any."""
        where = [self._where[index] for index in self.indices]
        return [self._records[number].label + ("" if row is None else f"[{row}]") for number, row in where]

    def given(self, index: int, port: Port) -> Array:
        """Returns a sample's array for an input as it was given, in the input's shape but not its type."""
        return self._raw(*self._where[self.indices[index]], port)

    @property
    def is_in_memory(self) -> bool:
        """True where arrays are held and not read from files, so that to pickle them is to copy them."""
        return any(isinstance(array, InMemory) for record in self._records for array in record.arrays.values())

    def take(self, count: int) -> Samples:
        """Returns that many samples, evenly spread, or all where there are fewer.

        Raises:
            UsageError: E003 for less than one.
        """
        if count < 1:
            raise UsageError(f"{count} samples are asked for", expected="at least 1")
        return self._subset(_spread(len(self), min(count, len(self))))

    def split(self, held_back: int | None = None) -> tuple[Samples, Samples]:
        """Returns samples to calibrate with and samples held back to judge the result by, evenly spread.

        One sample alone serves as both, and the notes say so.

        Args:
            held_back: how many; None for one in five, at least 1 and at most 64.
        Raises:
            UsageError: E003 where that leaves none on one side.
        """
        if len(self) == 1 and held_back in (None, 1):
            both = self._subset([0], "there is one sample, so calibration and check use the same")
            return both, both
        if held_back is None:
            held_back = min(max(round(len(self) / 5), 1), MOST_HELD_BACK)
        if not 1 <= held_back < len(self):
            raise UsageError(
                f"{held_back} of {len(self)} samples cannot be held back", expected=f"1 to {len(self) - 1}"
            )
        back = _spread(len(self), held_back)
        kept = set(back)
        return self._subset([i for i in range(len(self)) if i not in kept]), self._subset(back)

    def _subset(self, positions: Sequence[int], *notes: str) -> Samples:
        subset = object.__new__(Samples)
        subset.__setstate__(self.__getstate__())
        subset.indices = tuple(self.indices[p] for p in positions)
        subset.notes = (*self.notes, *notes)
        return subset

    def _read(self, number: int, row: int | None, port: Port) -> Array:
        array = convert(self._raw(number, row, port), port).view()
        array.setflags(write=False)
        return array

    def _raw(self, number: int, row: int | None, port: Port) -> Array:
        """Returns a sample as it was given, in the input's shape.

        A stack stays open for its next row, one at a time and by one thread at a time. What is one sample alone, such
        as an image, is decoded by as many threads as ask for one.
        """
        arrays = self._records[number].arrays
        found = fit(arrays[port.name].shape, port.type)
        assert found is not None
        if not found.stacked:
            raw = arrays[port.name].open()(None)
            return raw[np.newaxis] if found.add_batch else raw
        with self._lock:
            if self._last is None or self._last[0] != number:
                self._last = None
                self._last = number, {n: a.open() for n, a in arrays.items()}
            raw = self._last[1][port.name](row)
        return raw[np.newaxis] if found.add_batch else raw

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        del state["_lock"]
        state["_last"] = None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


def _spread(total: int, count: int) -> list[int]:
    """Returns `count` different positions of `total`, each in the middle of an equal part."""
    return [(2 * i + 1) * total // (2 * count) for i in range(count)]
