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


def scratch(window: Window, multiplier: int) -> int:
    """Returns the bytes that a thread needs."""
    outputs: int = window.channels * multiplier
    own: int = 8 * STRIP * (window.size[0] * window.size[1] + 1) + 2 * outputs
    return own if multiplier == 1 else own + 2 * window.size[0] * window.extent[1] * outputs + 64
