"""A command in a process of its own, so that the death of native code is an error like any other.

LiteRT trusts its files, and some of its kernels their data. What engines.probe does not foresee, such as a later sample
that ends the process, memory that runs out, or a mapped file that somebody cuts short, is reported here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable

from intact.errors import EngineError

_ENDINGS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else []))
"""Signals by which a user or a system ends a command."""


def guarded(work: Callable[[], int]) -> int:
    """Returns the exit status of `work`, run in a child process where the system can fork; 2 where that process dies.

    Must be called before native libraries are loaded and threads started. Signals that end the command are passed on:
    `work` sees a KeyboardInterrupt, once, so that it can clean up undisturbed.
    """
    if sys.platform == "win32":
        return work()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _follow(parent)
        return work()
    for number in _ENDINGS:
        signal.signal(number, lambda number, _: _pass_on(number, child))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[?25h")  # a progress bar hides the cursor
    sys.stderr.write(f"error: {_obituary(-code)}\n")
    return 2


def _pass_on(number: int, child: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended
        os.kill(child, number)


def _follow(parent: int) -> None:
    """Ends this process in order when it is told to, and at once when the parent dies."""

    def interrupt(*_: object) -> None:
        for other in _ENDINGS:
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _ENDINGS:
        signal.signal(number, interrupt)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(2)


def _obituary(number: int) -> EngineError:
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    if number == signal.SIGKILL:
        return EngineError(
            f"the process was killed ({name})",
            code="E503",
            fix="Memory may have run out: every value of the model is observed while it is calibrated",
        )
    return EngineError(
        f"the process died ({name}), most likely in LiteRT",
        code="E503",
        fix="A file is broken, or meets a defect of the runtime; `intact inspect` shows it without running it",
    )
