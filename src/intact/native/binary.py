"""The structure of c/binary.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64


class Binary(ctypes.Structure):
    """intact_binary."""

    _fields_ = (("words", c_int64), ("outputs", c_int64), ("depth", c_int64))
