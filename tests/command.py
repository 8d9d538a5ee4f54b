"""The command line as tests run it, and models and samples to run it on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import intact
import intact.ops
from intact.cli.main import run
from intact.ir.text import parse

DIGITS = Path(__file__).parents[1] / "examples" / "digits"
FLOAT = DIGITS / "digits_float.tflite"
CALIBRATION = DIGITS / "calibration.npz"
HELD_BACK = DIGITS / "held_back.npz"

DENSE = """graph main(%x: float32[1,4]) -> (%y) {
  %w = const float32[3,4] random(0)
  %b = const float32[3] random(1)
  %a = FULLY_CONNECTED(%x, %w, %b)
  %y = SOFTMAX(%a) {beta=1.0}
}"""
"""A small model that becomes integer throughout."""

TWO = """graph main(%x: float32[1,4]) -> (%y) {
  %w = const float32[3,4] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)
}
graph other(%u: float32[1,2], %v: float32[1,2]) -> (%s) {
  %s = ADD(%u, %v)
}
signature first of main(x=%x) -> (y=%y)
signature second of other(left=%u, right=%v) -> (sum=%s)
"""
"""Two entry points."""

DEADLY = """graph main(%x: float32[1,4], %n: int32[1], %d: int32[1]) -> (%y, %m) {
  %y = RELU(%x)
  %m = FLOOR_MOD(%n, %d)
}"""
"""A valid model that ends LiteRT's process where n is the smallest integer and d is -1: the processor traps."""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line that says what is wrong, from its colon on."""
        assert self.status == 2
        assert self.out == ""
        last = self.err.splitlines()[-1]
        assert last.startswith("error: ")
        assert "Traceback" not in self.err
        assert self.err.count("error: ") == 1
        return last.removeprefix("error: ")


Intact = Callable[..., Done]


def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Intact:
    """Returns a function that runs a command in this process."""

    def intact_(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["intact", *map(str, arguments)])
        capsys.readouterr()
        status = run()
        return Done(status, *capsys.readouterr())

    return intact_


def saved(text: str, folder: Path, name: str = "model.tflite") -> Path:
    """Returns the file of a model given as IR text."""
    intact.save(parse(text), folder / name)
    return folder / name


def samples(*shape: int, count: int = 8, seed: int = 0) -> np.ndarray:
    """Returns a stack of samples."""
    return np.random.default_rng(seed).uniform(-1, 1, (count, *shape)).astype(np.float32)


def contents(folder: Path) -> dict[str, bytes]:
    """Returns what files a folder holds, and what they hold."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
