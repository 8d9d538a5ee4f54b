"""W301: samples in which nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from intact.data.doctor.check import Check, Named, Subject
from intact.data.doctor.finding import Finding
from intact.ir.types import Array

LEAST: Final = 16
"""Numbers below which an array may well be constant: a flag, a length, a few classes."""


class Constant(Check):
    """Samples whose every array of some size is constant: black images, silence, files of zeros.

    One input that is constant beside another that is not is a state at its start, or a mask that hides nothing.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._named = Named()
        self._value = 0.0

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Looks at the arrays that are large enough."""
        large = [a for a in arrays.values() if a.size >= LEAST]
        if large and all((a == a.flat[0]).all() for a in large):
            self._named.add(label)
            self._value = float(large[0].flat[0].real)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding for all."""
        named = self._named
        if named.count:
            yield Finding(
                "W301",
                self.subject.ports[0].name if len(self.subject.ports) == 1 else "",
                f"{_are(named.count)} constant, such as {self._value:g} throughout: nothing is in them to calibrate on",
                "Leave them out, and look at how they were made",
                tuple(named.labels),
                named.count,
                {"samples": named.count},
            )


def _are(count: int) -> str:
    return "1 sample is" if count == 1 else f"{count} samples are"
