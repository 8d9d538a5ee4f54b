"""RESIZE_BILINEAR by the kernel of c/resize.h."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from intact.arith.calls.gemm import held
from intact.arith.rounding import Array
from intact.native import resize as native
from intact.native.call import Call, Held, address

_WORTH: Final = 1 << 14
"""Results that are worth a thread."""


class Between(NamedTuple):
    """Where results along one dimension lie.

    Args:
        before, after: int64 (results,). Indices of the two neighbours.
        part: (results,). How far from the first to the second: integers in units of 2^-bits, or float32.
    """

    before: Array
    after: Array
    part: Array


def bilinear(
    dtype: str, image: tuple[int, ...], rows: Between, columns: Between, *, bits: int, away: bool, joined: bool
) -> Call | None:
    """Returns the weighted means of operand 0 between its elements; None where there are results but no elements.

    Args:
        dtype: of operand and result: int8, uint8 or int16.
        image: shape (n, rows, columns, channels) of the operand.
        bits: of the parts; 0 where they are float32.
        away: ties go away from zero; else they go up.
        joined: in float32 the two factors of an element are multiplied with each other first.
    """
    if 0 in image[1:3] and all((image[0], rows.before.size, columns.before.size, image[3])):
        return None
    lines = [_line(line, extent, bits > 0) for line, extent in zip((rows, columns), image[1:3], strict=True)]
    wide = dtype == "int16"
    blend = native.FIXED if bits else native.WEIGHTS if joined else native.FLOAT
    params = native.Bilinear(
        lines[0][0], lines[1][0], image[0], image[3], blend, bits, wide, away, held(0, dtype) if not wide else 0
    )
    shape = (image[0], rows.before.size, columns.before.size, image[3])
    return Call(
        "bilinear",
        params,
        (0,),
        (Held(dtype, shape),),
        units=shape[0] * shape[1],
        grain=max(1, _WORTH // max(1, shape[2] * shape[3])),
        scratch=2 * (8 if wide else 4) * image[2] * image[3],
        keeps=(*lines[0][1], *lines[1][1]),
    )


def _line(line: Between, elements: int, fixed: bool) -> tuple[native.Line, tuple[Array, ...]]:
    before, after = line.before.astype(np.int32), line.after.astype(np.int32)
    part = line.part.astype(np.int32 if fixed else np.float32)
    places = (address(part), None) if fixed else (None, address(part))
    structure = native.Line(address(before), address(after), *places, elements, before.size)
    return structure, (before, after, part)
