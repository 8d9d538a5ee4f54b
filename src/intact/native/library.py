"""The built library: where it is, which instruction sets it may use, and why it is not in use."""

from __future__ import annotations

import ctypes
import hashlib
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

import intact.native

LEVELS: Final = ("scalar", "avx2", "avx512", "vnni", "vbmi", "neon")
"""Instruction sets, in the order of enum intact_level."""

VARIABLE: Final = "INTACT_KERNELS"
"""Environment variable: `numpy` for no C kernels, or the highest instruction set that they may use."""

_NAMES: Final = ("libintact.so", "libintact.dylib", "libintact.dll", "intact.dll")
_SOURCES: Final = Path(__file__).with_name("c")


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
        """Names of the instruction sets that the processor has and the library was built for, the lowest first."""
        had = (0, self.processor) if LEVELS[self.processor] == "neon" else range(self.processor + 1)
        return tuple(LEVELS[level] for level in dict.fromkeys(had) if self.handle.intact_is_built(level))

    @property
    def compiler(self) -> str:
        """Name and version of what built it."""
        return str(self.handle.intact_compiler().decode())

    def version(self, name: str) -> str:
        """Returns the instruction set whose version of a kernel is used at the level in use; "" for no kernel."""
        found = self.handle.intact_version_of(name.encode(), self.level)
        return "" if found < 0 else LEVELS[found]

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
    """Why there are no C kernels.

    Args:
        kind: "asked" for NumPy; "wrong" where the environment asks for what cannot be had; "missing" where they were
            not built; "broken" where the library cannot be used.
        why: in words.
        fix: what to do about it; "" where nothing need be done.
    """

    kind: Literal["asked", "wrong", "missing", "broken"]
    why: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.why}. {self.fix}".rstrip(". ")


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
        return Absence("asked", f"{asks} asks for NumPy")
    found = _opened()
    choices = "scalar" if isinstance(found, Absence) else ", ".join(found.levels)
    if wanted and wanted not in LEVELS:
        return Absence("wrong", f"{asks} names no instruction set", f"Unset it, or use one of numpy, {choices}")
    if not wanted:
        return found
    if isinstance(found, Absence):
        return Absence("wrong", f"{asks}, but {found.why}", f"{found.fix}, or unset it")
    if wanted not in found.levels:
        had = f"the processor has {LEVELS[found.processor]}"
        if wanted in LEVELS[: found.processor]:
            had = f"{found.compiler}, which built the kernels, did not know it"
        return Absence("wrong", f"{asks}, and {had}", f"Unset it, or use one of numpy, {choices}")
    return replace(found, level=LEVELS.index(wanted))


@cache
def _opened() -> Library | Absence:
    """Returns the library with all that the processor has."""
    places = [Path(folder) / name for folder in intact.native.__path__ for name in _NAMES]
    path = next((p for p in places if p.is_file()), None)
    again = "with pip's --force-reinstall --no-cache-dir"
    if path is None:
        return Absence(
            "missing",
            "intact was installed without C kernels",
            f"Install gcc or clang, then intact again {again}",
        )
    try:
        handle = _declared(ctypes.CDLL(str(path)))
    except (OSError, AttributeError) as fault:
        return Absence("broken", f"{path} does not load ({fault})", f"Install intact again {again}")
    if handle.intact_sources().decode() not in ("", sources()):
        # What it takes for the fields of a structure may be others.
        fix = f"`make kernels` in a clone, or install intact again {again}"
        return Absence("broken", f"{path} was built of other C sources than those beside it", fix)
    processor = int(handle.intact_level())
    opened = Library(path, handle, processor, processor)
    return replace(opened, level=LEVELS.index(opened.levels[-1]))


def sources() -> str:
    """Returns the hash of the C sources that CMakeLists.txt works out too; "" where they are not there."""
    files = sorted(_SOURCES.glob("*.[ch]"))
    hashes = "".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return hashlib.sha256(hashes.encode()).hexdigest() if files else ""


def _declared(handle: ctypes.CDLL) -> ctypes.CDLL:
    pointer, number, text = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p
    for name, result, arguments in (
        ("intact_level", ctypes.c_int, []),
        ("intact_is_built", ctypes.c_int, [ctypes.c_int]),
        ("intact_version_of", ctypes.c_int, [text, ctypes.c_int]),
        ("intact_sources", text, []),
        ("intact_compiler", text, []),
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
