"""The structures of c/lstm.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int32, c_int64, c_void_p
from typing import Final

from intact.native.sums import Matrix

STEPS: Final = 4
WIDE: Final = 32
FORGET, CELL, OUTPUT, INPUT = range(4)


class Factor(ctypes.Structure):
    """intact_factor."""

    _fields_ = (("multiplier", c_int32), ("left", c_int32), ("right", c_int32))


class Product(ctypes.Structure):
    """intact_product."""

    _fields_ = (("matrix", Matrix), ("factors", c_void_p), ("each", c_int64))


class Peephole(ctypes.Structure):
    """intact_peephole."""

    _fields_ = (("weights", c_void_p), ("factor", Factor))


class Norm(ctypes.Structure):
    """intact_norm."""

    _fields_ = (("weights", c_void_p), ("bias", c_void_p), ("factor", Factor), ("guard", c_int64))


class Lstm(ctypes.Structure):
    """intact_lstm."""

    _fields_ = (
        ("input", Product),
        ("recurrent", Product),
        ("projection", Product),
        ("peepholes", Peephole * 4),
        ("norms", Norm * 4),
        ("gates", c_int64),
        ("batch", c_int64),
        ("steps", c_int64),
        ("cells", c_int64),
        ("width", c_int64),
        ("place", c_int64),
        ("time_stride", c_int64),
        ("batch_stride", c_int64),
        ("together", c_int64),
        ("integer_bits", c_int64),
        ("added_shift", c_int64),
        ("cell_low", c_int64),
        ("cell_high", c_int64),
        ("hidden_factor", Factor),
        ("hidden_zero_point", c_int64),
        ("output_zero_point", c_int64),
        ("output_low", c_int64),
        ("output_high", c_int64),
    )
