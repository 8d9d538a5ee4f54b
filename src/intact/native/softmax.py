"""The structures of c/softmax.h and c/log_softmax.h."""

from __future__ import annotations

import ctypes
from ctypes import c_float, c_int32, c_int64, c_void_p

HELD, INT16 = range(2)


class Fixed(ctypes.Structure):
    """intact_softmax_fixed."""

    _fields_ = (
        ("powers", c_void_p),
        ("terms", c_void_p),
        ("depth", c_int64),
        ("result", c_int32),
        ("doubts", c_int32),
    )


class Float(ctypes.Structure):
    """intact_softmax_float."""

    _fields_ = (
        ("powers", c_void_p),
        ("depth", c_int64),
        ("scale", c_float),
        ("away", c_int32),
        ("zero_point", c_int32),
        ("low", c_int32),
        ("high", c_int32),
        ("result", c_int32),
    )


class Lines(ctypes.Structure):
    """intact_softmax_lines."""

    _fields_ = (("powers", c_void_p), ("inverses", c_void_p), ("last", c_int64), ("depth", c_int64))


class LogFixed(ctypes.Structure):
    """intact_log_softmax."""

    _fields_ = (
        ("terms", c_void_p),
        ("differences", c_void_p),
        ("depth", c_int64),
        ("farthest", c_int32),
        ("multiplier", c_int32),
        ("shift", c_int32),
    )
