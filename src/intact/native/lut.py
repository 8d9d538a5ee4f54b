"""The structure of c/lut.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p


class Lut(ctypes.Structure):
    """intact_lut."""

    _fields_ = (("table", c_void_p * 2), ("boundary", c_int64), ("from_", c_int64), ("to", c_int64))
