"""The structures of c/pool.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int32

from intact.native.gemm import Window


class AveragePool(ctypes.Structure):
    """intact_average_pool."""

    _fields_ = (("window", Window), ("held", c_int32), ("low", c_int32), ("high", c_int32), ("wide", c_int32))


class MaxPool(ctypes.Structure):
    """intact_max_pool."""

    _fields_ = (("window", Window), ("low", c_int32), ("high", c_int32), ("wide", c_int32))
