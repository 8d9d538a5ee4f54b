"""The structures of c/pieces.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p
from typing import Final

from intact.native.gemm import Window

NOWHERE: Final = (1 << 63) - 1
"""`cut` where all results are made alike."""


class Piece(ctypes.Structure):
    """intact_piece."""

    _fields_ = (("window", Window), ("start", c_int64), ("to", c_int64), ("step", c_int64 * 2))


class Pieces(ctypes.Structure):
    """intact_pieces."""

    _fields_ = (
        ("prepared", c_void_p),
        ("products", c_void_p),
        ("pieces", c_void_p),
        ("count", c_int64),
        ("outputs", c_int64),
        ("size", c_int64),
        ("cut", c_int64),
    )
