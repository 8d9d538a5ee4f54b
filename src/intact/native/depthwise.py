"""The structure of c/depthwise.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p
from typing import Final

from intact.native.gemm import Requantize, Window

_WIDENED: Final = 4


class Depthwise(ctypes.Structure):
    """intact_depthwise."""

    _fields_ = (
        ("prepared", c_void_p),
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("offset", c_void_p),
        ("multiplier", c_int64),
        ("window", Window),
        ("finish", Requantize),
    )


def scratch(window: Window, multiplier: int) -> int:
    """Returns the bytes that a thread needs."""
    line: int = window.extent[1] * window.channels
    if multiplier == 1:
        return line + 64
    rows: int = (_WIDENED - 1) * window.stride[0] + (window.size[0] - 1) * window.dilation[0] + 2
    return rows * line * multiplier + 128
