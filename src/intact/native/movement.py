"""The structures of c/movement.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_uint8, c_void_p
from typing import Final

RANK: Final = 8
FILLER: Final = 16


class Box(ctypes.Structure):
    """intact_box."""

    _fields_ = (
        ("from_", c_int64),
        ("to", c_int64),
        ("from_at", c_int64),
        ("to_at", c_int64),
        ("extent", c_int64 * RANK),
        ("from_stride", c_int64 * RANK),
        ("to_stride", c_int64 * RANK),
        ("part", c_int64 * 2),
        ("run", c_int64),
        ("first", c_int64),
        ("table", c_void_p),
        ("filler", c_uint8 * FILLER),
    )


class Move(ctypes.Structure):
    """intact_move."""

    _fields_ = (("boxes", c_void_p), ("count", c_int64), ("element", c_int64))


class Pick(ctypes.Structure):
    """intact_pick."""

    _fields_ = (
        ("rows", c_void_p),
        ("columns", c_void_p),
        ("rows_count", c_int64),
        ("columns_count", c_int64),
        ("stride", c_int64),
        ("run", c_int64),
    )
