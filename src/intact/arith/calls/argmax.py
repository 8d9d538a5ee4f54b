"""ARG_MAX and ARG_MIN by the kernel of c/argmax.h."""

from __future__ import annotations

import math
from typing import Final

from intact.native.argmax import Argmax
from intact.native.call import Call, Held

_WORTH: Final = 1 << 15
"""Elements that are worth a thread."""


def argmax(dtype: str, shape: tuple[int, ...], axis: int, indices: str, *, smallest: bool) -> Call | None:
    """Returns the indices of the first of the largest, or smallest, elements of operand 0 along a dimension.

    Args:
        dtype: of the operand: int8, uint8 or int32.
        shape: of the operand.
        axis: the dimension, from 0 on.
        indices: type of the result, int32 or int64.
    """
    outer, count, inner = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
    if not 0 < count < 1 << 31:
        return None
    params = Argmax(count, inner, dtype == "int32", smallest, indices == "int64")
    result = Held(indices, (*shape[:axis], *shape[axis + 1 :]))
    return Call("argmax", params, (0,), (result,), units=outer, grain=max(1, _WORTH // max(1, count * inner)))
