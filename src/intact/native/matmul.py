"""The structures of c/matmul.h and c/matmul16.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p
from typing import Final

from intact.native.gemm import Dense, Requantize

BATCHES: Final = 3


class Batches(ctypes.Structure):
    """intact_batches."""

    _fields_ = (
        ("size", c_int64 * BATCHES),
        ("step", (c_int64 * BATCHES) * 2),
        ("adjoint", c_int64 * 2),
    )


class MatMul(ctypes.Structure):
    """intact_matmul."""

    _fields_ = (
        ("dense", Dense),
        ("batches", Batches),
        ("window", c_void_p),
        ("zero_point", c_int64),
        ("biased", c_int64),
    )


class MatMul16(ctypes.Structure):
    """intact_matmul16."""

    _fields_ = (
        ("finish", Requantize),
        ("rows", c_int64),
        ("depth", c_int64),
        ("outputs", c_int64),
        ("batches", Batches),
        ("zero_point", c_int64 * 2),
        ("bytes", c_int64),
        ("bias_bytes", c_int64),
    )
