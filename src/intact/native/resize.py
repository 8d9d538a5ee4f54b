"""The structures of c/resize.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int32, c_int64, c_void_p

FIXED, FLOAT, WEIGHTS = range(3)


class Line(ctypes.Structure):
    """intact_line."""

    _fields_ = (
        ("before", c_void_p),
        ("after", c_void_p),
        ("parts", c_void_p),
        ("real_parts", c_void_p),
        ("elements", c_int64),
        ("results", c_int64),
    )


class Bilinear(ctypes.Structure):
    """intact_bilinear."""

    _fields_ = (
        ("rows", Line),
        ("columns", Line),
        ("images", c_int64),
        ("channels", c_int64),
        ("blend", c_int32),
        ("bits", c_int32),
        ("wide", c_int32),
        ("away", c_int32),
        ("zero", c_int32),
    )
