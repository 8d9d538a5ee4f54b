"""The structures of c/quantize.h, c/dequantize.h and c/rescale.h."""

from __future__ import annotations

import ctypes
from ctypes import c_float, c_int32, c_int64, c_void_p

from intact.native.gemm import Requantize

DIVIDE, RECIPROCAL, BLOCKS = range(3)


class Channels(ctypes.Structure):
    """intact_channels."""

    _fields_ = (("channels", c_int64), ("inner", c_int64))


class Dequantize(ctypes.Structure):
    """intact_dequantize."""

    _fields_ = (
        ("scale", c_void_p),
        ("zero", c_void_p),
        ("channels", Channels),
        ("boundary", c_int64),
        ("offset", c_float),
        ("held", c_int32),
        ("bytes", c_int32),
    )


class Quantize(ctypes.Structure):
    """intact_quantize."""

    _fields_ = (
        ("scale", c_void_p),
        ("zero_point", c_void_p),
        ("channels", Channels),
        ("boundary", c_int64),
        ("reciprocal", c_float),
        ("rule", c_int32),
        ("low", c_int32),
        ("high", c_int32),
        ("held", c_int32),
        ("bytes", c_int32),
    )


class Rescale(ctypes.Structure):
    """intact_rescale."""

    _fields_ = (
        ("zero_point", c_int64),
        ("from_", c_int32),
        ("to", c_int32),
        ("magnitude", c_int32),
        ("finish", Requantize),
    )
