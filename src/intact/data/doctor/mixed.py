"""W310: samples of which some were scaled and some were not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from intact.data.doctor.check import Check, Named, Subject
from intact.data.doctor.finding import Finding
from intact.data.doctor.pictures import layout
from intact.ir.types import Array

SCALED: Final = 4.0
"""Largest magnitude of a scaled picture: 1, or 2.7 where mean and deviation were taken out as of ImageNet."""

UNSCALED: Final = 32.0
"""Least largest magnitude of a picture of 0 to 255: one whose brightest pixel is below is black to the eye. The two are
apart by more than any exposure explains."""

GROSS: Final = 1e4
"""How many times larger than every other sample one may be: recordings differ by 80 dB at most from loud to silent."""


class Mixed(Check):
    """Pictures of 0 to 255 among pictures of -1 to 1; samples of another unit than all the others."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        names = [port.name for port in subject.real]
        self._scaled = {name: Named() for name in names}
        self._unscaled = {name: Named() for name in names}
        self._largest = dict.fromkeys(names, (0.0, 0.0, ""))

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Sorts a sample by its largest magnitude."""
        for name, (first, second, owner) in self._largest.items():
            array = arrays[name]
            if not array.size:
                continue
            size = float(max(abs(array.min()), abs(array.max())))
            self._largest[name] = (size, first, label) if size > first else (first, max(second, size), owner)
            if layout(array.shape) is None or (array == array.flat[0]).all():
                continue
            if size <= SCALED:
                self._scaled[name].add(label)
            elif size >= UNSCALED:
                self._unscaled[name].add(label)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding an input, naming the smaller part."""
        for name, (first, second, owner) in self._largest.items():
            scaled, unscaled = self._scaled[name], self._unscaled[name]
            if scaled.count and unscaled.count:
                few = min(unscaled, scaled, key=lambda n: n.count)
                yield Finding(
                    "W310",
                    name,
                    f"{scaled.count} samples have no number larger than {SCALED:g}, {unscaled.count} have one of "
                    f"{UNSCALED:g} and more: some are scaled and some are not",
                    "Prepare all samples the same way",
                    tuple(few.labels),
                    few.count,
                    {"scaled": scaled.count, "unscaled": unscaled.count},
                )
            elif second > 0 and first > GROSS * second:
                yield Finding(
                    "W310",
                    name,
                    f"its largest number, {first:.4g}, is {first / second:.3g} times that of any other sample",
                    "Repair or remove it: one such sample decides the range of all",
                    (owner,),
                    1,
                    {"largest": first, "next": second},
                )
