"""W311: bytes that were read as what they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Named, Subject
from intact.data.doctor.finding import Finding
from intact.ir.types import Array

FAR: Final = 40
"""Powers of two beyond which no measured quantity lies, nor what a network computes: 10^12 and 10^-12."""

LOOKED_AT: Final = 4096
"""Numbers of a sample that are looked at, evenly spread: bytes are read wrongly throughout."""

SHARE: Final = 0.01
"""Part of the numbers that must lie there."""

DIFFERENT: Final = 4
"""Different powers of two that they must have in all. A mask of -1e9 or of the smallest float has one, or two."""


class Bytes(Check):
    """Floats of the wrong byte order, integers or text read as floats: their exponents are anywhere."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._found = {port.name: Named() for port in subject.ports if port.type.dtype.is_float}
        self._exponents: dict[str, set[int]] = {name: set() for name in self._found}
        self._example = dict.fromkeys(self._found, 0.0)

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Looks at the exponents."""
        for name, named in self._found.items():
            array = arrays[name].reshape(-1)
            array = array[:: max(1, array.size // LOOKED_AT)]
            _, exponents = np.frexp(array[array != 0])
            far = np.abs(exponents) > FAR
            if far.sum() >= max(SHARE * array.size, 1):
                self._exponents[name].update(np.unique(exponents[far]).tolist())
                self._example[name] = float(array[array != 0][far][0])
                named.add(label)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding an input."""
        for name, named in self._found.items():
            if named.count and len(self._exponents[name]) >= DIFFERENT:
                yield Finding(
                    "W311",
                    name,
                    f"numbers such as {self._example[name]:.3g} are of no size that is measured or computed: bytes "
                    "seem to be read as another type, or in the wrong byte order",
                    "Read the file with the type it was written with: '<f4' is float32 of this machine, '>f4' swapped",
                    tuple(named.labels),
                    named.count,
                    {"example": self._example[name]},
                )
