"""W305: pictures whose channels lie on the other side in memory than the input says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from intact.data.doctor.check import Check, Named, Subject
from intact.data.doctor.finding import Finding
from intact.data.doctor.pictures import layout, roughness
from intact.ir.types import Array

SMOOTHER: Final = 0.75
"""Part of its roughness to which a picture must fall when it is read the other way. Read rightly, pictures are the
smoother ones by far; read wrongly, one row of the picture is read as three, so the right reading halves the steps.
Noise stays as rough as it was."""

SMOOTH: Final = 0.8
"""Roughness that the other reading must at least have; noise has 1.13."""


class Order(Check):
    """Channels first given for channels last, which shapes do not tell once somebody has reshaped.

    Rows and columns that are swapped cannot be told: a picture lying on its side is as smooth.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._found = {port.name: Named() for port in subject.real}
        self._judged = dict.fromkeys(self._found, 0)
        self._ratios = dict.fromkeys(self._found, 0.0)
        self._first = dict.fromkeys(self._found, False)

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Reads the picture both ways."""
        for name, named in self._found.items():
            array = arrays[name]
            declared = layout(array.shape)
            if declared is None or declared.channels == 1 or not array.size:
                continue
            given, other = (roughness(way.pictures(array)) for way in (declared, declared.other))
            if not given or not math.isfinite(given + other):
                continue  # a picture of one colour, or numbers whose differences are too large
            self._judged[name] += 1
            self._first[name] = declared.first
            self._ratios[name] += other / given
            if other < SMOOTHER * given and other < SMOOTH:
                named.add(label)

    def findings(self) -> Iterator[Finding]:
        """Yields a finding where most samples are smoother the other way: how data are stored holds for all of them."""
        for name, named in self._found.items():
            judged = self._judged[name]
            if 2 * named.count <= judged:
                continue
            given, wanted = ("last", "first") if self._first[name] else ("first", "last")
            ratio = self._ratios[name] / judged
            order = "(0, 3, 1, 2)" if self._first[name] else "(0, 2, 3, 1)"
            yield Finding(
                "W305",
                name,
                f"the pictures seem to be stored with their channels {given}, the input takes them {wanted}: read so, "
                f"neighbouring pixels of {named.count} of {judged} samples are nearer to each other, by a factor of "
                f"{ratio:.2f} on average",
                f"Transpose rather than reshape: numpy.transpose(x, {order}) of a stack",
                tuple(named.labels),
                named.count,
                {"samples": named.count, "ratio": ratio},
            )
