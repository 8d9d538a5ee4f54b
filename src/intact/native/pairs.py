"""The structures of c/broadcast.h and of the kernels that broadcast: pairs, add, add16, mul, larger, select."""

from __future__ import annotations

import ctypes
from ctypes import c_int32, c_int64, c_uint32, c_void_p
from typing import Final

from intact.native.gemm import Requantize

OPERANDS: Final = 3
DIMENSIONS: Final = 6


class Broadcast(ctypes.Structure):
    """intact_broadcast."""

    _fields_ = (
        ("rank", c_int64),
        ("extent", c_int64 * DIMENSIONS),
        ("stride", c_int64 * DIMENSIONS * OPERANDS),
    )


class Pairs(ctypes.Structure):
    """intact_pairs."""

    _fields_ = (("shape", Broadcast), ("table", c_void_p * 2), ("length", c_int64), ("whole", c_int64))


class Add(ctypes.Structure):
    """intact_add."""

    _fields_ = (
        ("shape", Broadcast),
        ("multiplier", c_int32 * 2),
        ("offset", c_uint32),
        ("shift", c_int32),
        ("zero_point", c_int32),
        ("low", c_int32),
        ("high", c_int32),
    )


class Scaling(ctypes.Structure):
    """intact_scaling."""

    _fields_ = (
        ("offset", c_int64),
        ("threshold", c_int64),
        ("away", c_int64),
        ("right", c_int32),
        ("left", c_int32),
        ("multiplier", c_int32),
        ("shift", c_int32),
    )


class Add16(ctypes.Structure):
    """intact_add16."""

    _fields_ = (
        ("shape", Broadcast),
        ("operands", Scaling * 2 * 2),
        ("total", Scaling),
        ("length", c_int64),
        ("whole", c_int64),
        ("negative", c_int32),
        ("low", c_int32),
        ("high", c_int32),
    )


class Mul(ctypes.Structure):
    """intact_mul."""

    _fields_ = (
        ("shape", Broadcast),
        ("zero_points", c_int32 * 2),
        ("bytes", c_int32),
        ("finish", Requantize),
    )


class Larger(ctypes.Structure):
    """intact_larger."""

    _fields_ = (("shape", Broadcast), ("bytes", c_int32), ("smaller", c_int32))


class Select(ctypes.Structure):
    """intact_select."""

    _fields_ = (("shape", Broadcast), ("bytes", c_int64))
