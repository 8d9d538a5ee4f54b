"""The structures of c/program.h."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p


class Step(ctypes.Structure):
    """intact_step."""

    _fields_ = (
        ("run", c_void_p),
        ("params", c_void_p),
        ("units", c_int64),
        ("grain", c_int64),
        ("reads", c_void_p),
        ("writes", c_void_p),
        ("reads_count", c_int64),
        ("writes_count", c_int64),
    )


class Place(ctypes.Structure):
    """intact_place."""

    _fields_ = (("where", c_int64), ("at", c_int64))


class Program(ctypes.Structure):
    """intact_program."""

    _fields_ = (
        ("steps", c_void_p),
        ("places", c_void_p),
        ("steps_count", c_int64),
        ("places_count", c_int64),
        ("given_count", c_int64),
        ("arena", c_int64),
        ("scratch", c_int64),
        ("see", c_void_p),
        ("seer", c_void_p),
    )
