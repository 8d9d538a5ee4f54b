"""How often floats of each size occur, counted by sign, exponent and the first bits of the mantissa."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import Array
from intact.native import direct, sketch
from intact.native.library import Absence, Library, load

BITS: Final = sketch.BITS
"""Of the mantissa that tell buckets apart."""

SHIFT: Final = 23 - BITS
"""Bits of a number's representation that buckets leave out."""

SPAN: Final = sketch.OCTAVES << BITS
"""Buckets of each sign that are counted apart, from the top one down."""


def bucket(magnitude: float) -> int:
    """Returns the bucket of a magnitude: its float32 representation without the last bits; 0 holds 0 itself."""
    return int(np.float32(abs(magnitude)).view(np.uint32)) >> SHIFT  # abs: 0 has two signs


def count_buckets(array: Array, top: int, counts: NDArray[np.int64], library: Library | Absence | None = None) -> None:
    """Adds how often the numbers of an array fall into each bucket.

    Args:
        array: float32, any shape, all finite.
        top: the bucket that is counted first; no number's is above it.
        counts: int64 (2, SPAN + 1), of positive and of negative numbers, by how many buckets they are below the top;
            last those of bucket 0 and those SPAN buckets or more below.
        library: kernels to use; those that are built where None. An absent one is NumPy.
    """
    numbers = np.ascontiguousarray(array, np.float32).reshape(-1)
    library = load() if library is None else library
    if isinstance(library, Absence):
        bits = numbers.view(np.uint32) >> np.uint32(SHIFT)
        negative = bits >> np.uint32(8 + BITS)
        below = top - (bits & np.uint32((1 << (8 + BITS)) - 1)).astype(np.int64)
        places = np.where(below < min(SPAN, top), below, SPAN) + negative * (SPAN + 1)
        counts += np.bincount(places, minlength=counts.size).reshape(counts.shape)
        return
    memory = np.empty(sketch.TABLES * counts.size, np.uint32)
    direct.run(library, "sketch", sketch.Sketch(numbers.size, top), [numbers], [counts], scratch=memory)
