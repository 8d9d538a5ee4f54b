"""intact doctor: what an installation computes with."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import intact
import intact.native
from command import Intact
from intact.diagnose import doctor as module
from intact.engines.probe import require_litert
from intact.native.library import LEVELS, VARIABLE, Absence, Library, load

BUILT = load("scalar")


@pytest.fixture(autouse=True)
def _litert_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "require_litert", lambda: None)


built = pytest.mark.skipif(isinstance(BUILT, Absence), reason=str(BUILT))


@built
def test_a_healthy_installation(intact_: Intact, unloaded: pytest.MonkeyPatch) -> None:
    done = intact_("doctor", "--json")
    assert (done.status, done.err) == (0, "")
    found = done.json
    assert set(found["versions"]) == {"intact", "Python", "NumPy", "LiteRT"}
    assert found["versions"]["Python"] == platform.python_version()
    assert set(found["extras"]) == {"torch", "onnx", "dask"}
    assert found["cores"] >= 1
    assert found["broken"] == []
    kernels = found["kernels"]
    used = load()
    assert isinstance(used, Library)
    assert kernels["level"] == LEVELS[used.level]
    assert kernels["processor"] == LEVELS[used.processor]
    assert kernels["path"] == str(used.path)
    assert kernels["versions"] == {name: used.version(name) for name in used.names()}
    shown = intact_("doctor").out
    assert f"C kernels: {kernels['level']}, the highest that " in shown
    assert str(used.path) in shown
    assert found["versions"]["NumPy"] in shown
    assert all(name in shown for name in used.names())


def test_from_python(unloaded: pytest.MonkeyPatch) -> None:
    health = intact.doctor()
    assert isinstance(health, intact.Health)
    assert health.broken == ()
    assert str(health).startswith(f"intact {health.versions['intact']}, Python {platform.python_version()}, NumPy ")


@built
def test_a_lower_level(intact_: Intact, unloaded: pytest.MonkeyPatch) -> None:
    unloaded.setenv(VARIABLE, "scalar")
    done = intact_("doctor", "--json")
    assert done.status == 0
    assert done.json["kernels"]["level"] == "scalar"
    assert done.json["kernels"]["why"] == "INTACT_KERNELS=scalar asks for no more"
    assert set(done.json["kernels"]["versions"].values()) == {"scalar"}


@built
def test_numpy_by_choice(intact_: Intact, unloaded: pytest.MonkeyPatch) -> None:
    assert isinstance(BUILT, Library)
    unloaded.setenv(VARIABLE, "numpy")
    done = intact_("doctor", "--json")
    assert (done.status, done.json["kernels"]["level"], done.json["kernels"]["versions"]) == (0, "numpy", {})
    assert done.json["kernels"]["path"] == str(BUILT.path)
    assert "C kernels: numpy, INTACT_KERNELS=numpy asks for NumPy" in intact_("doctor").out


@built
def test_a_compiler_that_knew_less(intact_: Intact, unloaded: pytest.MonkeyPatch) -> None:
    assert isinstance(BUILT, Library)
    if len(BUILT.levels) == 1:
        return
    unloaded.setattr(Library, "levels", property(lambda _: ("scalar",)))
    kernels = intact_("doctor", "--json").json["kernels"]
    assert kernels["level"] == "scalar"
    assert kernels["why"] == f"the highest that {BUILT.compiler} knew; the processor has {LEVELS[BUILT.processor]}"
    assert kernels["fix"] == "Install intact again with a newer C compiler"


def test_kernels_that_were_not_built(intact_: Intact, unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything works without them, so nothing is broken."""
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    done = intact_("doctor")
    assert done.status == 0
    assert "C kernels: numpy, intact was installed without C kernels\n" in done.out
    assert "Install gcc or clang, then intact again with pip's --force-reinstall" in done.out


def test_kernels_that_are_broken(intact_: Intact, unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "libintact.so").write_bytes(b"")
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    done = intact_("doctor")
    assert done.status == 1
    assert f"broken: {tmp_path}/libintact.so does not load (" in done.out


@built
def test_a_level_that_there_is_not(intact_: Intact, unloaded: pytest.MonkeyPatch) -> None:
    assert isinstance(BUILT, Library)
    unloaded.setenv(VARIABLE, "mmx")
    done = intact_("doctor", "--json")
    assert done.status == 1
    choices = ", ".join(BUILT.levels)
    assert done.json["broken"] == [
        f"INTACT_KERNELS=mmx names no instruction set. Unset it, or use one of numpy, {choices}"
    ]
    assert done.json["kernels"]["processor"] == LEVELS[BUILT.processor]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("raise ImportError('not for this system')", "exit status 1, ImportError: not for this system"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "SIGILL"),
    ],
)
def test_litert_that_does_not_run(body: str, cause: str, tmp_path: Path) -> None:
    (tmp_path / "ai_edge_litert").mkdir()
    (tmp_path / "ai_edge_litert" / "__init__.py").write_text(body)
    paths = os.pathsep.join([str(tmp_path), str(Path(intact.__file__).parents[1])])
    done = subprocess.run(
        [Path(sys.executable).with_name("intact"), "doctor"],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    fault = f"LiteRT does not run a model of one operator ({cause}). Install ai-edge-litert again"
    assert done.stdout.endswith(f"\nbroken: {fault}\n")


def test_litert_runs() -> None:
    require_litert()
