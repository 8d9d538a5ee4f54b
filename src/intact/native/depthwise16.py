"""The structure of c/depthwise16.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p
from typing import Final

from intact.native.gemm import Requantize, Window

STRIP: Final = 8


class Depthwise16(ctypes.Structure):
    """intact_depthwise16."""

    _fields_ = (
        ("prepared", c_void_p),
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("multiplier", c_int64),
        ("narrow", c_int64),
        ("window", Window),
        ("finish", Requantize),
    )


def scratch(places: int, channels: int) -> int:
    """Returns the bytes that a thread needs.

    Args:
        places: of the window.
        channels: of the image.
    """
    return 8 * STRIP * (places + 1) + 2 * channels
