"""The structures of c/requantize.h and c/gemm.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int32, c_int64, c_void_p
from typing import Final

FIXED, FLOAT32_EVEN, FLOAT64_AWAY = range(3)

PANEL: Final = 16
GROUP: Final = 4
PIXELS: Final = 48


class Requantize(ctypes.Structure):
    """intact_requantize."""

    _fields_ = (
        ("left", c_void_p),
        ("multiplier", c_void_p),
        ("offset", c_void_p),
        ("threshold", c_void_p),
        ("away", c_void_p),
        ("shift", c_void_p),
        ("factor", c_void_p),
        ("rule", c_int32),
        ("zero_point", c_int32),
        ("low", c_int32),
        ("high", c_int32),
        ("held", c_int32),
        ("wraps", c_int32),
        ("far", c_int32),
        ("plain", c_int32),
        ("up", c_int32),
        ("wide", c_int32),
    )


class Gemm(ctypes.Structure):
    """intact_gemm."""

    _fields_ = (
        ("prepared", c_void_p),
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("depth", c_int64),
        ("outputs", c_int64),
        ("filter_offset", c_int64),
        ("finish", Requantize),
    )


class Dense(ctypes.Structure):
    """intact_dense."""

    _fields_ = (("gemm", Gemm), ("rows", c_int64), ("by_panels", c_int64))


class Window(ctypes.Structure):
    """intact_window."""

    _fields_ = (
        ("images", c_int64),
        ("extent", c_int64 * 2),
        ("channels", c_int64),
        ("size", c_int64 * 2),
        ("stride", c_int64 * 2),
        ("dilation", c_int64 * 2),
        ("before", c_int64 * 2),
        ("positions", c_int64 * 2),
        ("filler", c_int64),
    )


class Convolve(ctypes.Structure):
    """intact_convolve."""

    _fields_ = (("gemm", Gemm), ("window", Window))
