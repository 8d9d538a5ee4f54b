"""The structure of c/sums.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p


class Matrix(ctypes.Structure):
    """intact_matrix."""

    _fields_ = (
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("depth", c_int64),
        ("groups", c_int64),
        ("panels", c_int64),
    )
