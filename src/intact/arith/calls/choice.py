"""One of two elements, by the kernels of c/larger.h and c/select.h."""

from __future__ import annotations

import math

import numpy as np

from intact.arith.calls.broadcast import broadcast
from intact.arith.calls.pairs import GRAIN, Shape
from intact.native.call import Call, Held
from intact.native.pairs import Larger, Select


def larger(dtype: str, shapes: tuple[Shape, Shape], *, smaller: bool = False) -> Call | None:
    """Returns the larger, or smaller, of elements of operands 0 and 1.

    Args:
        dtype: of both operands: int8, uint8 or int16.
        shapes: of the operands.
    """
    plan = broadcast(*shapes)
    if plan is None:
        return None
    params = Larger(plan[0], np.dtype(dtype).itemsize, smaller)
    return Call("larger", params, (0, 1), (Held(dtype, plan[1]),), units=math.prod(plan[1]), grain=GRAIN)


def selected(dtype: str, shapes: tuple[Shape, Shape, Shape]) -> Call | None:
    """Returns elements of operand 1 where those of operand 0, bool, are true, else of operand 2.

    Args:
        dtype: of operands 1 and 2.
        shapes: of the operands.
    """
    plan = broadcast(*shapes)
    if plan is None:
        return None
    params = Select(plan[0], np.dtype(dtype).itemsize)
    return Call("select", params, (0, 1, 2), (Held(dtype, plan[1]),), units=math.prod(plan[1]), grain=GRAIN)
