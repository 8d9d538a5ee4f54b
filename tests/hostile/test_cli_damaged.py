"""Damaged models through the commands: a result or one clear error, whatever the bytes."""

import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import intact
from command import DENSE, FLOAT, TWO, Done, contents, saved
from formats.everything import archive, everything
from hostile.damage import altered, damaged
from intact.quantizer.calibrate import model_inputs

CONVOLUTION = """graph main(%x: float32[1?,8,8,3]) -> (%z) {
  %w = const float32[4,3,3,3] random(0)
  %v = const float32[1,3,3,4] random(1)
  %b = const float32[4] zeros
  %c = CONV_2D(%x, %w, %b) {padding=SAME, stride_w=2, stride_h=2, fused_activation_function=RELU6}
  %d = DEPTHWISE_CONV_2D(%c, %v, %b) {padding=VALID, stride_w=1, stride_h=1, depth_multiplier=1}
  %p = AVERAGE_POOL_2D(%d) {padding=VALID, stride_w=2, stride_h=2, filter_width=2, filter_height=2}
  %y: float32[1,4] = RESHAPE(%p) {new_shape=[-1, 4]}
  %z = SOFTMAX(%y) {beta=1.0}
}"""
MOVING = """graph main(%x: float32[1,4,6]) -> (%s) {
  %by = const int32[3,2] [0, 0, 1, 1, 0, 2]
  %order = const int32[3] [0, 2, 1]
  %axis = const int32[1] [1]
  %from = const int32[3] [0, 1, 0]
  %size = const int32[3] [1, 2, -1]
  %p = PAD(%x, %by)
  %t = TRANSPOSE(%p, %order)
  %c = CONCATENATION(%t, %t) {axis=2}
  %l = SLICE(%c, %from, %size)
  %m = MEAN(%l, %axis) {keep_dims=true}
  %s = TANH(%m)
}"""


class Commands:
    """The commands, ready to be run many times."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("forked.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str) -> Done:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(self.folder), arguments]) + "\n")
        self._process.stdin.flush()
        return Done(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    made = Commands(tmp_path)
    yield made
    made.close()


def outcome(commands: Commands, *arguments: str) -> str:
    """The code of the error, or "done"; anything but a result or one line of error fails."""
    for old in commands.folder.glob("*out.*"):
        old.unlink()
    before = contents(commands.folder)
    done = commands(*arguments)
    if done.status == 0:
        assert all(line.startswith("note: ") for line in done.err.splitlines()), done.err
        return "done"
    code = re.search(r" \[(E\d\d\d)\]$", done.error)
    assert code, done.err
    assert contents(commands.folder) == before
    return code[1]


def sweep(commands: Commands, path: Path, rng: random.Random, count: int) -> Counter[str]:
    """Runs the commands on damaged forms of a file and returns how often each outcome of quantize was seen."""
    samples = {}
    draw = np.random.default_rng(0)
    model = intact.load(path)
    for port in model_inputs(model, model.main):
        shape, dtype = port.type.shape or (), port.type.dtype.numpy
        samples[port.name.replace("/", "_")] = draw.uniform(0, 2, (4, *shape)).astype(dtype)
    np.savez(commands.folder / "x.npz", **samples)
    data = path.read_bytes()
    broken = commands.folder / "model.tflite"
    seen: Counter[str] = Counter()
    for form in (data[: rng.randrange(len(data))], *damaged(data, rng, count), *altered(data, rng, count)):
        broken.write_bytes(form)
        outcome(commands, "inspect", "model.tflite", "--json")
        outcome(commands, "convert", "model.tflite", "out.tflite")
        seen[outcome(commands, "quantize", "model.tflite", "--data", "x.npz", "-o", "out.tflite")] += 1
    return seen


def test_files_made_here(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    files = [saved(t, tmp_path / "made", f"{i}.tflite") for i, t in enumerate((DENSE, TWO, CONVOLUTION, MOVING))]
    rng = random.Random(0)
    seen = sum((sweep(commands, path, rng, 12) for path in (*files, FLOAT)), Counter[str]())
    assert seen["done"] > 20
    assert seen["E102"] > 20
    assert len(seen) > 8, "many kinds of fault are met"


def test_a_file_with_everything(commands: Commands, tmp_path: Path) -> None:
    rng = random.Random(1)
    for form in damaged(everything(archive()), rng, 40):
        (tmp_path / "model.tflite").write_bytes(form)
        outcome(commands, "inspect", "model.tflite", "--full")
        outcome(commands, "inspect", "model.tflite", "--json")
        outcome(commands, "convert", "model.tflite", "out.tflite")


@pytest.mark.shared
def test_real_files(shared: Path, commands: Commands) -> None:
    rows = [line.split("\t") for line in (shared / "models" / "INDEX.tsv").read_text().splitlines()[1:]]
    small = sorted(row[0] for row in rows if int(row[3]) < 60_000 and row[4] == "float32" and row[9] == "ok")
    rng = random.Random(2)
    seen = sum((sweep(commands, shared / "models" / path, rng, 4) for path in rng.sample(small, 15)), Counter[str]())
    assert seen["done"] > 20
