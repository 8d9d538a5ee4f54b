"""One application of a kernel: its parameters, and what it reads and makes."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """What a buffer holds.

    Args:
        dtype: NumPy name; "int8" is held with the top bit flipped.
        shape: sizes.
    """

    dtype: str
    shape: Shape

    @property
    def bytes(self) -> int:
        """Size of the buffer."""
        size: int = np.dtype(self.dtype).itemsize
        for extent in self.shape:
            size *= extent
        return size

    @property
    def is_flipped(self) -> bool:
        """True where it is held with the top bit flipped."""
        return self.dtype == "int8"


@dataclass(frozen=True, eq=False)
class Call:
    """One application of a kernel, for operands of these shapes.

    Args:
        kernel: its name; None where the result is operand 0 of `reads` under another shape, and nothing is done.
        params: a structure as the kernel's header has it; None for a kernel without.
        reads: which operands of the operator the kernel gets, in its order.
        results: what it makes.
        units: of work, that may be done apart.
        grain: the fewest units that are worth a thread: some ten microseconds' work.
        scratch: bytes that a thread needs for itself.
        doubts: the last result is none of the operator's: a byte a unit, not 0 where the kernel leaves the numbers
            at hand to NumPy, which may refuse them.
        keeps: what `params` points to.
    """

    kernel: str | None
    params: ctypes.Structure | None
    reads: tuple[int, ...]
    results: tuple[Held, ...]
    units: int = 1
    grain: int = 1
    scratch: int = 0
    doubts: bool = False
    keeps: tuple[object, ...] = ()


def address(array: Array) -> int:
    """Returns where the elements of a contiguous array are, for a params structure; keep the array in Call.keeps."""
    assert array.flags.c_contiguous
    return int(array.ctypes.data)


def flipped(array: Array) -> Array:
    """Returns a contiguous array as programs hold it, and such a one as it was: int8 with the top bit flipped."""
    # One dimension at least: NumPy makes a number of what is computed on none.
    array = np.require(np.ascontiguousarray(array), None, "A")
    return (array.view(np.uint8) ^ np.uint8(0x80)).view(np.int8) if array.dtype == np.int8 else array
