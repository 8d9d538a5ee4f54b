"""The structures of c/gemm16.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p
from typing import Final

from intact.native.gemm import Requantize, Window

GROUP16: Final = 2


class Gemm16(ctypes.Structure):
    """intact_gemm16."""

    _fields_ = (
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("depth", c_int64),
        ("outputs", c_int64),
        ("filter_offset", c_int64),
        ("block", c_int64),
        ("narrow", c_int64),
        ("finish", Requantize),
    )


class Dense16(ctypes.Structure):
    """intact_dense16."""

    _fields_ = (("gemm", Gemm16), ("rows", c_int64), ("by_panels", c_int64))


class Convolve16(ctypes.Structure):
    """intact_convolve16."""

    _fields_ = (("gemm", Gemm16), ("window", Window))
