"""W302: samples that are there more than once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Named, Subject
from intact.data.doctor.finding import Finding
from intact.ir.types import Array

LEAST: Final = 32.0
"""Bits of information below which samples repeat by chance: a one-hot class of 64 has 7, a flag 1."""

LOOKED_AT: Final = 4096
"""Numbers of an array, evenly spread, that its information is estimated from."""


class Duplicates(Check):
    """Samples equal in every input to an earlier one. 16 bytes are remembered of each."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._seen: set[bytes] = set()
        self._named = Named()

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Hashes a sample."""
        digest = hashlib.blake2b(digest_size=16)
        for array in arrays.values():
            digest.update(repr(array.shape).encode())
            digest.update(np.ascontiguousarray(array).data)
        key = digest.digest()
        if key in self._seen and sum(map(_bits, arrays.values())) >= LEAST:
            self._named.add(label)
        self._seen.add(key)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding for all."""
        named = self._named
        if named.count:
            total = self.subject.count
            yield Finding(
                "W302",
                "",
                f"{named.count} of {total} samples {'is' if named.count == 1 else 'are'} equal to an earlier one, "
                f"so there are {total - named.count} different ones",
                "Give different samples: what is repeated is counted twice and adds nothing",
                tuple(named.labels),
                named.count,
                {"samples": named.count, "different": total - named.count},
            )


def _bits(array: Array) -> float:
    """Returns how many bits it takes to write an array down, each number as often as it comes."""
    numbers = array.reshape(-1)
    numbers = numbers[:: max(1, numbers.size // LOOKED_AT)]
    _, counts = np.unique(numbers, return_counts=True)
    return float((counts * np.log2(numbers.size / counts)).sum())
