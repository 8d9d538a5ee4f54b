"""Versions of the matrix kernels against their definition, on drawn parameters that no model has."""

import shutil
import subprocess
from pathlib import Path

import pytest

from intact.native.library import Absence, Library, load

BUILT = load("scalar")
COMPILER = shutil.which("cc")

pytestmark = pytest.mark.skipif(isinstance(BUILT, Absence) or COMPILER is None, reason="there is no C compiler")

DRIVER = Path(__file__).parent / "levels.c"


@pytest.mark.parametrize("seed", [1, 2])
def test_every_version_returns_the_same_bits(tmp_path: Path, seed: int) -> None:
    assert isinstance(BUILT, Library)
    assert COMPILER is not None
    program = tmp_path / "levels"
    headers = Path(BUILT.path).parent / "c"
    subprocess.run(
        [COMPILER, "-std=c11", "-I", headers, "-o", program, DRIVER, BUILT.path, f"-Wl,-rpath,{BUILT.path.parent}"],
        check=True,
    )
    done = subprocess.run([program, "100", str(seed)], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert len(lines) >= 3 * (len(BUILT.levels) > 1)
    assert all(line.endswith(" 0 differing") for line in lines)
