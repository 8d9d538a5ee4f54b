"""The structures of c/reduce.h."""

from __future__ import annotations

import ctypes
from ctypes import c_float, c_int32, c_int64
from typing import Final

from intact.native.gemm import Requantize

TURNS: Final = 4
OUTPUTS: Final = 256

REQUANTIZED, AFFINE_EVEN, AFFINE_AWAY = range(3)

ELEMENTS: Final = {"uint8": 0, "int8": 0, "int16": 1, "int32": 2, "int64": 3}


class Loops(ctypes.Structure):
    """intact_loops."""

    _fields_ = (("rank", c_int64), ("extent", c_int64 * TURNS), ("stride", c_int64 * TURNS))


class Axes(ctypes.Structure):
    """intact_axes."""

    _fields_ = (("kept", Loops), ("reduced", Loops), ("run", c_int64), ("along", c_int64))


class Reduce(ctypes.Structure):
    """intact_reduce."""

    _fields_ = (
        ("axes", Axes),
        ("wide", c_int32),
        ("flip", c_int32),
        ("offset", c_int32),
        ("way", c_int32),
        ("finish", Requantize),
        ("rest", Requantize),
        ("whole", c_int64),
        ("scale", c_float),
        ("shift", c_float),
        ("zero_point", c_int32),
        ("low", c_int32),
        ("high", c_int32),
        ("held", c_int32),
    )


class Extreme(ctypes.Structure):
    """intact_extreme."""

    _fields_ = (("axes", Axes), ("element", c_int32), ("smallest", c_int32))
