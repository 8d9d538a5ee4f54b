"""Threads that share the work of a program."""

from __future__ import annotations

import os
import threading

from intact.native.library import Library


class Pool:
    """Threads that share out the work of a run; one run at a time has them, others that come meanwhile have none.

    Args:
        library: whose threads.
        threads: how many, the caller's counted.
    """

    def __init__(self, library: Library, threads: int) -> None:
        self._library, self._threads = library, threads
        self._lock = threading.Lock()
        self._handle: int | None = None
        self._process = 0

    def take(self) -> int | None:
        """Returns the address of the threads, for this caller alone until `give`; None where there are none."""
        if self._threads < 2 or not self._lock.acquire(blocking=False):
            return None
        if self._process != os.getpid():
            # Threads do not come along into a forked process.
            self._handle = self._library.handle.intact_pool_create(self._threads)
            self._process = os.getpid()
        if self._handle is None:
            self._lock.release()
        return self._handle

    def give(self, handle: int | None) -> None:
        """Gives back what `take` returned."""
        if handle is not None:
            self._lock.release()

    def __del__(self) -> None:
        if self._handle is not None and self._process == os.getpid():
            self._library.handle.intact_pool_destroy(self._handle)
            self._handle = None
