import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from command import CALIBRATION, FLOAT, Intact, runner
from intact.native import library

# A machine that does other work is slow to draw, which says nothing of a test.
settings.register_profile("patient", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("patient")


def pytest_configure() -> None:
    """Refuses to test with kernels other than those meant: NumPy would do their work, and every test pass."""
    found = library.load()
    if isinstance(found, library.Absence) and found.kind in ("broken", "wrong"):
        raise pytest.UsageError(str(found))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real models and samples; it is beside the repository and not part of it."""
    path = Path(os.environ.get("INTACT_SHARED") or Path(__file__).parents[2] / "shared")
    if not path.is_dir():
        pytest.skip(f"real models and samples are not at {path}; INTACT_SHARED can name another place")
    return path


@pytest.fixture
def intact_(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Intact:
    """Runs a command in this process: `intact_("inspect", path).json`."""
    return runner(capsys, monkeypatch)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a model and its samples: model.tflite and x.npz."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(FLOAT, "model.tflite")
    shutil.copy(CALIBRATION, "x.npz")
    return tmp_path


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A patch under which the C kernels are loaded anew, and after which they are those of before."""
    library.load.cache_clear()
    library._opened.cache_clear()
    monkeypatch.delenv(library.VARIABLE, raising=False)
    yield monkeypatch
    library.load.cache_clear()
    library._opened.cache_clear()
