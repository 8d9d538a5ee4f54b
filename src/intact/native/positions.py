"""The structures of c/positions.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64
from typing import Final

RANK: Final = 8


class Fetch(ctypes.Structure):
    """intact_fetch."""

    _fields_ = (
        ("rank", c_int64),
        ("extent", c_int64 * RANK),
        ("step", c_int64 * RANK),
        ("count", c_int64),
        ("units", c_int64),
        ("stride", c_int64),
        ("run", c_int64),
        ("bytes", c_int64),
    )


class Overlay(ctypes.Structure):
    """intact_overlay."""

    _fields_ = (
        ("rank", c_int64),
        ("extent", c_int64 * RANK),
        ("box", c_int64 * RANK),
        ("run", c_int64),
        ("bytes", c_int64),
    )
