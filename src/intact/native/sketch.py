"""The structure of c/sketch.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64
from typing import Final

BITS: Final = 7
"""INTACT_SKETCH_BITS."""

OCTAVES: Final = 16
"""INTACT_SKETCH_SPAN, in powers of two."""

TABLES: Final = 4
"""INTACT_SKETCH_TABLES."""


class Sketch(ctypes.Structure):
    """intact_sketch."""

    _fields_ = (("count", c_int64), ("top", c_int64))
