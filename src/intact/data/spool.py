"""Arrays that come once, such as those of a generator, kept in a temporary file so that memory holds one of them."""

from __future__ import annotations

import os
import tempfile
import weakref
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from intact.data.stored import InFile, InMemory, Stored
from intact.errors import UsageError
from intact.ir.types import Array


class Spool:
    """A temporary file that arrays are put behind each other in; it is removed with the last of them."""

    def __init__(self) -> None:
        number, name = tempfile.mkstemp(prefix="intact-", suffix=".samples")
        self.path = Path(name)
        self._stream = os.fdopen(number, "wb")
        self._remove = weakref.finalize(self, _discard, self.path, self._stream, os.getpid())
        self._end = 0

    def put(self, array: Array) -> Stored:
        """Returns an array at rest in the file. Arrays of Python objects stay in memory, to be refused by name.

        Raises:
            UsageError: E002 where the disk is full.
        """
        if array.dtype.hasobject or array.size == 0:
            return InMemory(array)
        try:
            self._stream.write(array.tobytes())
            self._stream.flush()
        except OSError as fault:
            raise UsageError(
                f"samples cannot be kept there ({fault.strerror})",
                code="E002",
                fix="TMPDIR can name another folder",
                where=str(self.path),
            ) from fault
        offset, self._end = self._end, self._end + array.nbytes
        return Spooled(self, InFile(self.path, None, array.shape, array.dtype, offset, fortran=False))


class Spooled:
    """An array in a Spool, which it keeps alive."""

    def __init__(self, spool: Spool | None, at: InFile) -> None:
        self._spool = spool
        self._at = at
        self.shape = at.shape
        self.dtype: np.dtype[Any] = at.dtype
        self.open = at.open

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process reads the same file; the one that made it removes it.
        return Spooled, (None, self._at)


def _discard(path: Path, stream: BinaryIO, process: int) -> None:
    stream.close()
    if os.getpid() == process:  # a forked child must not remove what its parent reads
        path.unlink(missing_ok=True)
