"""No kernel reads or writes beyond its buffers, runs into undefined behaviour, or depends on how its work is split.

The drawn cases of tests/laws are recorded as programs of kernels, and tests/native/driver.c runs them without Python:
every buffer in memory of exactly its size, every version of a kernel beside its definition. INTACT_SWEEP=100 records as
many cases of each strategy, and runs them under more sanitizers.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collect import listed
from intact.arith.profile import NAMES
from intact.engines.exact import Exact
from intact.errors import EngineError, UncoveredError
from intact.ir.text import parse
from intact.native.call import Call, Held
from intact.native.library import Absence, Library, load
from intact.native.program import Program
from intact.native.steps import Buffer, Step
from integer import Integer
from recording import Recorder

LIBRARY = load()
ROOT = Path(__file__).parents[2]
SWEEP = os.environ.get("INTACT_SWEEP")
CC = os.environ.get("CC") or shutil.which("cc")

LONG_ROW = """graph main(%x: float32[1,1100,1024,8]) -> (%y) {
  %w = const int8[1,1,1,8] <scale=0.1, zero_point=0> random(1)
  %b = const float32[1] [1]
  %y: float32[1,5,4,1] = CONV_2D(%x, %w, %b) {padding=SAME, stride_h=256, stride_w=256}
}"""

pytestmark = [
    pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY)),
    pytest.mark.skipif(CC is None, reason="there is no C compiler"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    """Programs of all kernels."""
    assert isinstance(LIBRARY, Library)
    once = Program.once

    def recording(program: Program, sample: Sequence[Any], *rest: Any) -> Any:
        recorder.add(program, sample)
        return once(program, sample, *rest)

    path = tmp_path_factory.mktemp("recorded") / "programs"
    with pytest.MonkeyPatch.context() as patch, Recorder(path) as recorder:
        patch.setattr(Program, "once", recording)
        for size in (1, 63, 64, 1000):
            for kernel in ("flip", "copy"):
                before, after = (Buffer(Held("uint8", (size,))) for _ in range(2))
                call = Call(kernel, None, (0,), (after.held,), units=size)
                data = np.arange(size, dtype=np.uint8)
                recorder.add(Program(LIBRARY, [Step(call, (before,), (after,))], [before], [after]), [data])
        turns = cycle(NAMES)
        # A row whose codes add up to more than int32 holds.
        Exact(parse(LONG_ROW), strict=False).run({"x": np.ones((1, 1100, 1024, 8), np.float32)})
        for _, strategy, *_ in listed("ops", "INTEGERS"):
            draw(strategy, turns)
    return recorder


def draw(strategy: st.SearchStrategy[Integer], turns: Iterator[str]) -> None:
    """Runs drawn cases of a strategy, each under the profile whose turn it is."""

    @settings(
        max_examples=int(SWEEP or 4),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy, st.integers(0, 2**16))
    def run(case: Integer, seed: int) -> None:
        with contextlib.suppress(UncoveredError, EngineError):
            Exact(case.model(), next(turns)).run(case.samples(1, seed)[0])

    run()


def run_driver(driver: Path, recorded: Recorder, mode: str) -> None:
    done = subprocess.run([driver, recorded.path, mode], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.startswith(f"{recorded.programs} programs, ")


def test_every_kernel_is_recorded(recorded: Recorder) -> None:
    assert isinstance(LIBRARY, Library)
    # No operator calls these; tests/native/test_statistics.py does.
    assert recorded.kernels == set(LIBRARY.names()) - {"binary", "sketch", "statistics"}


@pytest.mark.parametrize("mode", ["ends", "starts"])
def test_pages_beside_the_buffers_are_not_touched(mode: str, recorded: Recorder, tmp_path: Path) -> None:
    """By the library as it ships, whatever instructions it uses."""
    assert isinstance(LIBRARY, Library)
    driver, folder = tmp_path / "driver", LIBRARY.path.parent
    include = ROOT / "src/intact/native/c"
    options = ["-std=c11", "-O1", f"-I{include}", f"-L{folder}", "-lintact", f"-Wl,-rpath,{folder}"]
    subprocess.run([str(CC), ROOT / "tests/native/driver.c", "-o", driver, *options], check=True)
    run_driver(driver, recorded, mode)


@pytest.mark.skipif(shutil.which("cmake") is None, reason="cmake is not installed")
@pytest.mark.parametrize("sanitizers", ["address,undefined", *(["thread"] if SWEEP else [])])
def test_sanitizers_find_nothing(sanitizers: str, recorded: Recorder, tmp_path: Path) -> None:
    arguments = ["-DCMAKE_BUILD_TYPE=Debug", f"-DINTACT_SANITIZE={sanitizers}", f"-DCMAKE_C_COMPILER={CC}"]
    subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path, *arguments], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path, "-j", "2", "--target", "driver"], check=True, capture_output=True)
    run_driver(tmp_path / "driver", recorded, "heap")


EMULATOR = ("qemu-aarch64", "aarch64-linux-gnu-gcc", "cmake")


@pytest.mark.skipif(not all(map(shutil.which, EMULATOR)), reason=f"not all there: {', '.join(EMULATOR)}")
def test_arm_kernels_under_an_emulator(recorded: Recorder, tmp_path: Path) -> None:
    """What `make arm` does for drawn parameters, for the recorded calls of all kernels."""
    machine = ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64", f"-DCMAKE_C_COMPILER={EMULATOR[1]}"]
    subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path, *machine], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path, "-j", "2", "--target", "driver"], check=True, capture_output=True)
    command = [EMULATOR[0], "-cpu", "max", "-L", "/usr/aarch64-linux-gnu", tmp_path / "driver", recorded.path, "ends"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.startswith(f"{recorded.programs} programs, ")
