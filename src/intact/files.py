"""Files that are there before they are read, and whole once they are written."""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from intact.errors import UsageError


def as_path(path: object, code: str = "E001") -> Path:
    """Returns a path that the system can be asked for.

    Args:
        path: what a caller gave.
        code: what kind of error a name is that no file can have: E001 for reading, E002 for writing.
    Raises:
        UsageError: E003 for anything but a path; `code`.
    """
    if not isinstance(path, str | os.PathLike):
        raise UsageError(f"a {type(path).__name__} was given", expected="a path, as a str or pathlib.Path")
    name: str | bytes = os.fspath(path)
    if isinstance(name, bytes):
        raise UsageError("a path of bytes was given", expected="a path, as a str or pathlib.Path")
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise UsageError("no file can have that name", code=code, expected="a path", where=name)
    return Path(name)


def readable(path: str | os.PathLike[str]) -> Path:
    """Returns the path of a file that exists and may be read.

    Raises:
        UsageError: E001, also for a folder or a pipe; E003 for anything but a path.
    """
    found = as_path(path)
    try:
        if found.is_fifo():  # to open it would wait for a writer
            raise UsageError("is a pipe", code="E001", expected="a file", where=str(path))
        with found.open("rb"):
            return found
    except OSError as fault:
        reason = "does not exist" if isinstance(fault, FileNotFoundError) else f"cannot be read ({fault.strerror})"
        raise UsageError(reason, code="E001", expected="a file", where=str(path)) from fault


def mapped(path: str | os.PathLike[str]) -> memoryview:
    """Returns the bytes of a file without reading them: they are fetched as they are looked at.

    Raises:
        UsageError: E001.
    """
    try:
        with readable(path).open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")
    except OSError as fault:
        raise UsageError(f"cannot be mapped ({fault.strerror or fault})", code="E001", where=str(path)) from fault


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Opens a file for writing that takes its name only once the block ends without an error.

    The bytes go into a file beside the target, which is renamed over it, so that neither a full disk nor a crash leaves
    half a file or destroys the old one. What is not a regular file, such as /dev/stdout, is written to directly.

    Raises:
        UsageError: E002; E003 for anything but a path.
    """
    given = as_path(path, "E002")
    target = Path(os.path.realpath(given))
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if given.exists() and not given.is_file():
            with given.open("wb") as direct:  # /dev/stdout may lead to a pipe, which has no path of its own
                yield direct
            return
        try:
            with part.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as fault:
        raise UsageError(f"cannot be written ({fault.strerror or fault})", code="E002", where=str(path)) from fault
