"""Functions of one code by the kernel of c/lut.h: a table of what the NumPy formula gives for all codes."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from typing import Final

import numpy as np

from intact.arith.rounding import Array
from intact.native.call import Call, Held, address, flipped
from intact.native.lut import Lut

_GRAIN: Final = 1 << 17

Formula = Callable[[Array], Array]


def held_codes(dtype: str) -> Array | None:
    """Returns all codes of a type of 8 or 16 bits in the order of how they are held; None for other types.

    That order is -128 to 127, 0 to 255, or 0 to 32767 and -32768 to -1.
    """
    match dtype:
        case "int8":
            return np.arange(-128, 128).astype(np.int8)
        case "uint8":
            return np.arange(256).astype(np.uint8)
        case "int16":
            return np.arange(1 << 16).astype(np.uint16).view(np.int16)
    return None


def looked_up(
    formula: Formula,
    dtype: str,
    shape: tuple[int, ...],
    *,
    operand: int = 0,
    rest: Formula | None = None,
    boundary: int = 0,
) -> Call | None:
    """Returns formula(operand) element by element, 1, 2 or 4 bytes each.

    Args:
        formula: of an array of any length; of the first `boundary` elements only where there is a `rest`.
        dtype, shape: of the operand; the shape may have more dimensions of 1.
        operand: its number.
        rest: formula of the other elements.
    """
    codes = held_codes(dtype)
    if codes is None:
        return None
    results = [formula(codes), *([] if rest is None else [rest(codes)])]
    tables = [flipped(r) for r in results]
    held = Held(str(results[0].dtype), shape)
    params = Lut(
        (ctypes.c_void_p * 2)(address(tables[0]), address(tables[-1])),
        boundary,
        codes.itemsize,
        tables[0].itemsize,
    )
    return Call("lut", params, (operand,), (held,), units=math.prod(shape), grain=_GRAIN, keeps=tuple(tables))
