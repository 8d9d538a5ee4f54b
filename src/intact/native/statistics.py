"""The structures of c/statistics.h."""

from __future__ import annotations

import ctypes
from ctypes import c_double, c_float, c_int64


class Statistics(ctypes.Structure):
    """intact_statistics."""

    _fields_ = (("count", c_int64), ("bins", c_int64), ("low", c_float), ("factor", c_float))


class Summary(ctypes.Structure):
    """intact_summary."""

    _fields_ = (
        ("min", c_double),
        ("max", c_double),
        ("nans", c_int64),
        ("positive", c_int64),
        ("negative", c_int64),
    )
