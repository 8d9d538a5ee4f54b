"""The structures of c/hybrid.h."""

from __future__ import annotations

import ctypes
from ctypes import c_float, c_int32, c_int64, c_void_p
from typing import Final

from intact.native.gemm import Window
from intact.native.sums import Matrix

BAND: Final = 12

QUANTIZERS: Final = ("symmetric", "nearest", "asymmetric", "xnnpack")
"""By enum intact_quantizer."""

DYNAMIC, FILTER_FIRST, LANES, ROUNDED, QD8, INT4, INT4_BLOCKS, QB4 = range(8)


class Hybrid(ctypes.Structure):
    """intact_hybrid."""

    _fields_ = (
        ("matrix", Matrix),
        ("row_sum", c_void_p),
        ("scale", c_void_p),
        ("weight_sum", c_void_p),
        ("bias", c_void_p),
        ("outputs", c_int64),
        ("block", c_int64),
        ("quantizer", c_int32),
        ("combination", c_int32),
        ("low", c_float),
        ("high", c_float),
    )


class Dense(ctypes.Structure):
    """intact_hybrid_dense."""

    _fields_ = (("hybrid", Hybrid), ("rows", c_int64), ("by_panels", c_int64))


class Convolve(ctypes.Structure):
    """intact_hybrid_convolve."""

    _fields_ = (("hybrid", Hybrid), ("window", Window))


class Depthwise(ctypes.Structure):
    """intact_hybrid_depthwise."""

    _fields_ = (("hybrid", Hybrid), ("window", Window), ("multiplier", c_int64))
