"""The structure of c/argmax.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int32, c_int64


class Argmax(ctypes.Structure):
    """intact_argmax."""

    _fields_ = (
        ("count", c_int64),
        ("inner", c_int64),
        ("wide", c_int32),
        ("smallest", c_int32),
        ("longs", c_int32),
    )
