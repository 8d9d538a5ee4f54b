"""The built library: where it is, which instruction sets it may use, and why it is not in use."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

import intact.native

LEVELS: Final = ("scalar", "avx2", "avx512", "vnni", "vbmi", "amx", "neon")
"""Instruction sets, in the order of enum intact_level."""

VARIABLE: Final = "INTACT_KERNELS"
"""Environment variable: `numpy` for no C kernels, or the highest instruction set that they may use."""

_NAMES: Final = ("libintact.so", "libintact.dylib", "libintact.dll", "intact.dll")


@dataclass(frozen=True, eq=False)
class Library:
    """The loaded library.

    Args:
        path: its file.
        handle: its functions.
        level: the highest instruction set in use, a number of enum intact_level.
        processor: the highest that the processor has.
    """

    path: Path
    handle: ctypes.CDLL
    level: int
    processor: int

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the instruction sets that the processor has, the lowest first."""
        return ("scalar", "neon") if LEVELS[self.processor] == "neon" else LEVELS[: self.processor + 1]

    def kernel(self, name: str) -> int:
        """Returns the address of a kernel's version for the level in use; 0 where there is no such kernel."""
        return int(self.handle.intact_find(name.encode(), self.level) or 0)

    def params_size(self, name: str) -> int:
        """Returns the bytes of a kernel's parameters."""
        return int(self.handle.intact_params_size(name.encode()))

    def prepare(self, name: str, params: int) -> NDArray[np.uint8] | None:
        """Returns constants in the order that a kernel's version reads them, 64-byte aligned; None where it needs none.

        Args:
            params: address of the kernel's parameters.
        """
        size = int(self.handle.intact_prepared(name.encode(), self.level, params, None))
        if not size:
            return None
        memory = np.empty(size + 64, np.uint8)
        aligned = memory[-memory.ctypes.data % 64 :][:size]
        self.handle.intact_prepared(name.encode(), self.level, params, aligned.ctypes.data)
        return aligned

    def names(self) -> list[str]:
        """Returns the names of all kernels."""
        found: list[str] = []
        while name := self.handle.intact_name(len(found)):
            found.append(name.decode())
        return found


@dataclass(frozen=True)
class Absence:
    """Why there are no C kernels, in words, with what to do about it."""

    why: str


@cache
def load(level: str | None = None) -> Library | Absence:
    """Returns the library, loaded once a process, or why it is not in use.

    Args:
        level: the highest instruction set that its kernels may use, of LEVELS; where None what the environment says,
            else the highest that the processor has.
    """
    wanted = level or os.environ.get(VARIABLE, "")
    asks = f"level {wanted}" if level else f"{VARIABLE}={wanted}"
    if wanted == "numpy":
        return Absence(f"{asks} asks for NumPy")
    if wanted and wanted not in LEVELS:
        return Absence(f"{asks} is none of numpy, {', '.join(LEVELS)}")
    found = _opened()
    if isinstance(found, Absence) or not wanted:
        return found
    if wanted not in found.levels:
        return Absence(f"{asks}, and the processor has {LEVELS[found.processor]}")
    return replace(found, level=LEVELS.index(wanted))


@cache
def _opened() -> Library | Absence:
    """Returns the library with all that the processor has."""
    places = [Path(folder) / name for folder in intact.native.__path__ for name in _NAMES]
    path = next((p for p in places if p.is_file()), None)
    if path is None:
        return Absence("they were not built, as the installation found no C compiler; install one and intact anew")
    try:
        handle = _declared(ctypes.CDLL(str(path)))
    except (OSError, AttributeError) as fault:
        return Absence(f"{path} does not load ({fault}); install intact anew")
    processor = int(handle.intact_level())
    return Library(path, handle, processor, processor)


def _declared(handle: ctypes.CDLL) -> ctypes.CDLL:
    pointer, number, text = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p
    for name, result, arguments in (
        ("intact_level", ctypes.c_int, []),
        ("intact_find", pointer, [text, ctypes.c_int]),
        ("intact_prepared", ctypes.c_size_t, [text, ctypes.c_int, pointer, pointer]),
        ("intact_params_size", ctypes.c_size_t, [text]),
        ("intact_name", text, [number]),
        ("intact_pool_create", pointer, [number]),
        ("intact_pool_destroy", None, [pointer]),
        ("intact_memory", number, [pointer, number, pointer]),
        ("intact_run", None, [pointer, pointer, number, pointer, pointer]),
        ("intact_clock", None, [pointer, number]),
    ):
        function = getattr(handle, name)
        function.restype, function.argtypes = result, arguments
    return handle
