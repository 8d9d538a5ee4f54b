"""The structure of c/depthwise.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p

from intact.native.gemm import Requantize, Window


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
