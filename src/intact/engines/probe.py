"""Does LiteRT live through this model? Asked in a process of its own.

LiteRT trusts its files: some broken models, and some whole ones that meet a defect of a kernel, end the process with a
signal that no Python code can catch. So a model from a user is first loaded and run once in a child process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from intact.engines.litert import Session
from intact.errors import EngineError, IntactError
from intact.formats.format import load
from intact.formats.tflite import to_bytes
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.types import Array

_CHILD = "from intact.engines.probe import _child; _child()"
_TRY = """
import numpy
import intact.ops
from intact.engines.litert import Session
from intact.ir.text import parse
model = parse("graph main(%x: float32[1,4]) -> (%y) { %y = RELU(%x) }")
Session(model).run({"x": numpy.zeros((1, 4), numpy.float32)})
"""
_SECONDS = 600


def probe(model: Model, feeds: Mapping[str, Array], graph: Graph | None = None, *, resolver: str = "default") -> None:
    """Runs a graph once in a child process; does nothing where an input is of strings, which no file of NumPy's holds.

    Args:
        feeds: inputs by name, as Session.run takes them.
        graph: the main graph where None.
    Raises:
        EngineError: E503 where the process dies, E501 or E502 with LiteRT's own words where it refuses.
    """
    if any(np.asarray(array).dtype.kind == "O" for array in feeds.values()):
        return
    with tempfile.TemporaryDirectory(prefix="intact-") as folder:
        Path(folder, "model.tflite").write_bytes(to_bytes(model))
        # Keys of an npz are file names; an input's name may be anything.
        np.savez(Path(folder, "feeds.npz"), *feeds.values())
        Path(folder, "names.txt").write_text("\0".join(feeds), "utf-8")
        number = 0 if graph is None else model.graphs.index(graph)
        try:
            child = subprocess.run(
                [sys.executable, "-c", _CHILD, folder, str(number), resolver],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as fault:
            raise EngineError(
                f"LiteRT did not finish one sample in {_SECONDS} s", code="E503", where=model.source
            ) from fault
    if child.returncode == 0:
        return
    if child.returncode == 3:
        code, _, text = child.stdout.partition(" ")
        raise EngineError(text.strip().rstrip("."), code=code, where=model.source)
    raise EngineError(
        f"LiteRT's {resolver} kernels end the whole process on this model ({_cause(child)})",
        code="E503",
        where=model.source,
        fix="The file is broken or meets a defect of the runtime; `intact inspect` shows it without running it",
    )


def require_litert() -> None:
    """Runs a model of one operator on LiteRT, in a process of its own.

    Raises:
        EngineError: E503 where that fails: LiteRT is not installed, not for this system, or not for this processor.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-c", _TRY],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise EngineError(f"LiteRT did not finish a model of one operator in {_SECONDS} s", code="E503") from fault
    if child.returncode:
        raise EngineError(
            f"LiteRT does not run a model of one operator ({_cause(child)})",
            code="E503",
            fix="Install ai-edge-litert again",
        )


def _cause(child: subprocess.CompletedProcess[str]) -> str:
    died = -child.returncode
    if died > 0:
        return signal.Signals(died).name if died in set(signal.Signals) else f"signal {died}"
    said = child.stderr.splitlines()
    return f"exit status {child.returncode}" + (f", {said[-1]}" if said else "")


def _child() -> None:
    folder, number, resolver = sys.argv[1:]
    model = load(Path(folder, "model.tflite"))
    names = Path(folder, "names.txt").read_text("utf-8").split("\0")
    with np.load(Path(folder, "feeds.npz")) as arrays:
        feeds = dict(zip(names, (arrays[k] for k in arrays), strict=False))
    try:
        Session(model, model.graphs[int(number)], resolver=resolver).run(feeds)
    except EngineError as fault:
        sys.stdout.buffer.write(f"{fault.code} {fault.problem}".encode())
        sys.exit(3)
    except IntactError:
        return  # what is wrong with the inputs is said by who runs them in earnest
