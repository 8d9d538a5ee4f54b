"""The structure of c/svdf.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p

from intact.native.gemm import Requantize
from intact.native.sums import Matrix


class Svdf(ctypes.Structure):
    """intact_svdf."""

    _fields_ = (
        ("features", Matrix),
        ("into_memory", Requantize),
        ("finish", Requantize),
        ("time_weights", c_void_p),
        ("bias", c_void_p),
        ("filters", c_int64),
        ("length", c_int64),
        ("rank", c_int64),
        ("memory_zero_point", c_int64),
        ("narrow", c_int64),
    )
