"""The structure of c/depthwise.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p

from intact.native.gemm import Requantize, Window


class Depthwise(ctypes.Structure):
    """intact_depthwise."""

    _fields_ = (
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("offset", c_void_p),
        ("multiplier", c_int64),
        ("window", Window),
        ("finish", Requantize),
    )


def scratch(places: int, line: int) -> int:
    """Returns the bytes that a thread needs.

    Args:
        places: of the window.
        line: bytes of a row of the image.
    """
    return 3584 + 256 * (places // 4 + 2) + line
