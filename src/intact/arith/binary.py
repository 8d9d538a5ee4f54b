"""Products of rows of -1 and 1, one bit a number.

Of two rows, each product is 1 where bits agree and -1 where they differ, so the sum is depth - 2 * differing bits.

Sources:
    Larq Compute Engine: a bit is 0 for 1 and 1 for -1, and what fills a word up is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from intact.arith.rounding import Array
from intact.native import direct
from intact.native.binary import Binary
from intact.native.library import Absence, Library, load


def pack_signs(rows: Array) -> NDArray[np.uint64]:
    """Returns the signs of numbers (n, depth), packed into (n, words), the first in the lowest bit; 1 for negative."""
    count, depth = rows.shape
    bits = np.zeros((count, -(-depth // 64) * 64), bool)
    bits[:, :depth] = rows < 0
    return np.packbits(bits, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def multiply_signs(
    rows: NDArray[np.uint64], weights: NDArray[np.uint64], depth: int, library: Library | Absence | None = None
) -> NDArray[np.int32]:
    """Returns the sums of products (n, outputs), int32.

    Args:
        rows, weights: (n, words) and (outputs, words), as pack_signs gives them.
        depth: numbers of a row.
        library: kernels to use; those that are built where None. An absent one is NumPy.
    """
    library = load() if library is None else library
    if isinstance(library, Absence):
        differing = _bits_set(rows[:, None, :] ^ weights[None, :, :])
        return (depth - 2 * differing).astype(np.int32)
    result = np.empty((rows.shape[0], weights.shape[0]), np.int32)
    params = Binary(rows.shape[1], weights.shape[0], depth)
    operands = [np.ascontiguousarray(rows), np.ascontiguousarray(weights)]
    direct.run(library, "binary", params, operands, [result], rows.shape[0])
    return result


def _bits_set(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Returns how many bits are set in the words of the last dimension."""
    octets = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=-1)
    total: NDArray[np.int64] = octets.sum(axis=-1, dtype=np.int64)
    return total
