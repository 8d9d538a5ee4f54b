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


def readable(path: str | os.PathLike[str]) -> Path:
    """Returns the path of a file that exists and may be read.

    Raises:
        UsageError: E001, also for a folder or a pipe.
    """
    found = Path(path)
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
        UsageError: E002.
    """
    given, target = Path(path), Path(os.path.realpath(path))
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
