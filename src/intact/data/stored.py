"""Arrays at rest: in memory, in a .npy file, or in a .npz file. Shape and type are known without reading the contents.

Nothing is ever unpickled. Files are read row by row, also from the compressed stream of a .npz file, so that a stack of
any length takes the memory of one sample.
"""

from __future__ import annotations

import contextlib
import functools
import math
import tokenize
import warnings
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol

import numpy as np

from intact.errors import DataError
from intact.files import readable
from intact.ir.types import Array, Shape

Rows = Callable[[int | None], Array]
"""Reads the row of that index, or everything for None. Good for one thread at a time."""


class Stored(Protocol):
    """An array whose contents are read when they are needed."""

    @property
    def shape(self) -> Shape:
        """Sizes."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy element type."""

    def open(self) -> Rows:
        """Returns a reader of the contents."""


@dataclass(frozen=True, slots=True, eq=False)
class InMemory:
    """An array that is already in memory."""

    array: Array

    @property
    def shape(self) -> Shape:
        """Sizes."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy element type."""
        return self.array.dtype

    def open(self) -> Rows:
        """Returns views."""
        return lambda row: self.array if row is None else self.array[row]


@dataclass(frozen=True, slots=True)
class InFile:
    """The array of a .npy file, or one of a .npz file.

    Args:
        path: the file.
        key: the array's name in a .npz file; None in a .npy file.
        shape: sizes.
        dtype: NumPy element type.
        offset: bytes before the first element.
        fortran: True where the first index varies fastest.
    """

    path: Path
    key: str | None
    shape: Shape
    dtype: np.dtype[Any]
    offset: int
    fortran: bool

    def open(self) -> Rows:
        """Returns a reader. Rows of a compressed stream are quick in ascending order; going back starts at its front.

        Raises:
            DataError: E306, as the reader does.
        """
        with _unreadable_is_e306(self.path):
            elements = self._of_file() if self.key is None else self._of_archive(self.key)

        def read(first: int, shape: Shape, order: Literal["C", "F"] = "C") -> Array:
            with _unreadable_is_e306(self.path):
                flat = elements(first, math.prod(shape))
                if flat.size != math.prod(shape):
                    raise ValueError("it is cut off since it was opened")
                return flat.reshape(shape, order=order)

        if self.fortran:  # a row is scattered over the whole file
            return InMemory(read(0, self.shape, "F")).open()
        rest = self.shape[1:]
        return lambda row: read(0, self.shape) if row is None else read(row * math.prod(rest), rest)

    def _of_file(self) -> Callable[[int, int], Array]:
        # Read and not mapped: a map of a file that another process cuts short kills this one.
        size = self.dtype.itemsize
        return lambda first, count: np.fromfile(self.path, self.dtype, count, offset=self.offset + first * size)

    def _of_archive(self, key: str) -> Callable[[int, int], Array]:
        size = self.dtype.itemsize
        with contextlib.ExitStack() as stack:
            archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(self.path.open("rb"))))
            stream = stack.enter_context(archive.open(key + ".npy"))
            kept_open = stack.pop_all()

        def elements(first: int, count: int) -> Array:
            stream.seek(self.offset + first * size)
            return np.frombuffer(stream.read(count * size), self.dtype)

        weakref.finalize(elements, kept_open.close)
        return elements


def npy_file(path: Path) -> InFile:
    """Returns the array of a .npy file, its header read.

    Raises:
        DataError: E306 for anything but a .npy file of plain numbers.
    """
    size = readable(path).stat().st_size
    with _unreadable_is_e306(path), path.open("rb") as stream:
        return InFile(path, None, *_header(stream, size))


def npz_file(path: Path) -> dict[str, InFile]:
    """Returns the arrays of a .npz file by their keys, headers read.

    Raises:
        DataError: E306 for anything but a .npz file of plain numbers.
    """
    readable(path)
    members = {}
    with _unreadable_is_e306(path), zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.endswith(".npy"):
                key = info.filename.removesuffix(".npy")
                with archive.open(info) as stream:
                    members[key] = InFile(path, key, *_header(stream, info.file_size))
    if not members:
        raise DataError("is a zip file without .npy arrays in it", code="E306", where=str(path))
    return members


_READERS: Final = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

_FAULTS: Final = (
    OSError, EOFError, ValueError, TypeError, OverflowError, SyntaxError, RuntimeError, KeyError, RecursionError,
    MemoryError, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What NumPy's header parser and zipfile raise on bytes that are not theirs."""


def _header(stream: IO[bytes], size: int) -> tuple[Shape, np.dtype[Any], int, bool]:
    """Returns shape, type, offset of the contents and order; ValueError where `size` bytes do not hold them."""
    version = np.lib.format.read_magic(stream)
    if version not in _READERS:
        raise ValueError(f"version {version} of the format is not known")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the header's parser thinks of it is told by the error, if there is one
        shape, fortran, dtype = _READERS[version](stream)
    if dtype.hasobject:
        raise ValueError("it holds pickled Python objects, which are never loaded")
    if min(shape, default=0) < 0:
        raise ValueError(f"its shape is {list(shape)}")
    offset = stream.tell()
    need = offset + math.prod(shape) * dtype.itemsize
    if need > size:
        raise ValueError(f"it is cut off: {dtype} {list(shape)} takes {need} bytes, there are {size}")
    return _shared(shape), dtype, offset, fortran


@functools.lru_cache(maxsize=64)
def _shared(shape: Shape) -> Shape:
    """The same object for equal shapes: thousands of files have one shape."""
    return shape


@contextlib.contextmanager
def _unreadable_is_e306(path: Path) -> Iterator[None]:
    try:
        yield
    except _FAULTS as fault:
        kind = path.suffix
        by = {".npy": ", as numpy.save writes it", ".npz": ", as numpy.savez writes it"}.get(kind, "")
        raise DataError(
            f"is not a {kind} file that can be read: {fault or type(fault).__name__}",
            code="E306",
            expected=f"a whole {kind} file of plain numbers{by}",
            where=str(path),
        ) from fault
