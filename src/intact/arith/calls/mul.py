"""Products of two operands by the kernel of c/mul.h."""

from __future__ import annotations

import ctypes
import math

from intact.arith.calls.broadcast import broadcast
from intact.arith.calls.gemm import held
from intact.arith.calls.pairs import GRAIN, Shape
from intact.arith.calls.requantized import requantized
from intact.arith.requantize import Requantization
from intact.native.call import Call, Held
from intact.native.pairs import Mul


def multiplied(shapes: tuple[Shape, Shape], zero_points: tuple[int, int], requantize: Requantization) -> Call | None:
    """Returns requantized products of elements of operands 0 and 1, which are of the result's type.

    Args:
        shapes: of the operands.
        zero_points: of the operands; 0 of int16.
        requantize: products to int8, uint8 or int16.
    """
    dtype = requantize.dtype
    plan, finish = broadcast(*shapes), requantized(requantize, 1)
    zeros = [held(z, dtype) for z in zero_points]
    if plan is None or finish is None or max(map(abs, zeros)) > (0 if dtype == "int16" else 1 << 10):
        return None
    params = Mul(plan[0], (ctypes.c_int32 * 2)(*zeros), 2 if dtype == "int16" else 1, finish[0])
    made = Held(dtype, plan[1])
    return Call("mul", params, (0, 1), (made,), units=math.prod(plan[1]), grain=GRAIN, keeps=finish[1])
