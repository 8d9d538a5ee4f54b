"""Functions of two codes of 8 bits by the kernel of c/pairs.h: a table of the results of all pairs."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from intact.arith.calls.broadcast import broadcast
from intact.arith.rounding import Array
from intact.native.call import Call, Held, address, flipped
from intact.native.pairs import Pairs

Shape = tuple[int, ...]

GRAIN: Final = 1 << 16


def as_held(table: Array, dtype: str) -> Array:
    """Returns a table of all pairs of codes in the order of how codes are held.

    Args:
        table: (256, 256), in the order of the codes' bytes.
        dtype: of the operands.
    """
    return np.roll(table, (128, 128), (0, 1)) if dtype == "int8" else table


def by_table(shapes: tuple[Shape, Shape], tables: Sequence[Array], length: int = 1, whole: int = 0) -> Call | None:
    """Returns the results of pairs of elements of operands 0 and 1, both of 8 bits.

    Args:
        shapes: of the operands.
        tables: one or two as `as_held` returns them, of 8 bits or bool.
        length, whole: of each `length` elements of the result the first `whole` have the first table.
    """
    plan = broadcast(*shapes)
    if plan is None:
        return None
    kept = tuple(flipped(t) for t in tables)
    addresses = (ctypes.c_void_p * 2)(address(kept[0]), address(kept[-1]))
    size = math.prod(plan[1])
    # With one table all elements are one stretch.
    params = Pairs(plan[0], addresses, length if len(tables) > 1 else max(1, size), whole if len(tables) > 1 else 0)
    held = Held(str(tables[0].dtype), plan[1])
    return Call("pairs", params, (0, 1), (held,), units=size, grain=GRAIN, keeps=kept)
