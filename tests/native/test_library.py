"""Where the library is found, why it is not in use, and what it says of its kernels."""

import _ctypes
import ctypes
import importlib
import shutil
import subprocess
from pathlib import Path

import pytest

import intact.native
from command import FLOAT, Intact, saved
from intact.engines.exact import Exact
from intact.errors import UsageError
from intact.ir.text import parse
from intact.native import library
from intact.native.library import LEVELS, VARIABLE, Absence, Library, load

BUILT = load("scalar")
MODEL = """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
  %y: int8[4] <scale=0.1, zero_point=0> = RESHAPE(%x) {new_shape=[4]}
}"""

built = pytest.mark.skipif(isinstance(BUILT, Absence), reason=str(BUILT))


def absence() -> Absence:
    found = load()
    assert isinstance(found, Absence)
    return found


def test_it_is_built_where_there_is_a_compiler() -> None:
    """Without this, a build that fails in silence would leave all of these tests to NumPy."""
    if isinstance(BUILT, Absence):
        assert BUILT.kind == "wrong"
        assert shutil.which("cc") is None, "make kernels says what is wrong"


def test_not_built(unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    found = absence()
    assert found.kind == "missing"
    assert str(found) == (
        "intact was installed without C kernels. Install gcc or clang, then intact again with "
        "pip's --force-reinstall --no-cache-dir"
    )
    assert not Exact(parse(MODEL)).compiled(), "NumPy does it all"


def test_not_a_library(unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "libintact.so"
    path.write_bytes(b"no library")
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    found = absence()
    assert found.kind == "broken"
    assert found.why.startswith(f"{path} does not load (")
    assert found.fix.startswith("Install intact again")


def test_another_library(unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "libintact.so"
    shutil.copy(_ctypes.__file__, path)
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    found = absence()
    assert found.kind == "broken"
    assert "intact_level" in found.why


@built
def test_of_other_sources(unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert isinstance(BUILT, Library)
    assert BUILT.handle.intact_sources().decode() == library.sources(), "CMake and Python work out the same"
    for name in ("a.c", "a.h", "a_b.c"):
        (tmp_path / name).write_text(name)
    unloaded.setattr(library, "_SOURCES", tmp_path)
    assert absence() == Absence(
        "broken",
        f"{BUILT.path} was built of other C sources than those beside it",
        "`make kernels` in a clone, or install intact again with pip's --force-reinstall --no-cache-dir",
    )
    unloaded.setattr(library, "_SOURCES", tmp_path / "none")
    library._opened.cache_clear()
    load.cache_clear()
    assert absence().kind == "broken"


@built
def test_the_environment_asks_for_numpy(unloaded: pytest.MonkeyPatch) -> None:
    unloaded.setenv(VARIABLE, "numpy")
    assert absence() == Absence("asked", "INTACT_KERNELS=numpy asks for NumPy")
    assert not Exact(parse(MODEL)).compiled()


@built
def test_the_environment_asks_for_what_cannot_be_had(unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert isinstance(BUILT, Library)
    choices = ", ".join(BUILT.levels)
    for value, why in (
        ("AVX2", "INTACT_KERNELS=AVX2 names no instruction set"),
        (" ", "INTACT_KERNELS=  names no instruction set"),
        *((other, f"INTACT_KERNELS={other}, and ") for other in LEVELS if other not in BUILT.levels),
    ):
        unloaded.setenv(VARIABLE, value)
        load.cache_clear()
        assert absence().kind == "wrong"
        with pytest.raises(UsageError) as fault:
            Exact(parse(MODEL))
        assert str(fault.value).startswith(why)
        assert str(fault.value).endswith(f"Unset it, or use one of numpy, {choices}. [E003]")
        Exact(parse(MODEL), native=False)
    unloaded.setenv(VARIABLE, "scalar")
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    library._opened.cache_clear()
    load.cache_clear()
    with pytest.raises(UsageError, match="INTACT_KERNELS=scalar, but intact was installed without"):
        Exact(parse(MODEL))


@built
def test_levels_and_versions() -> None:
    assert isinstance(BUILT, Library)
    assert BUILT.levels[0] == "scalar"
    assert len(BUILT.names()) == len(set(BUILT.names())) > 0
    before: dict[str, int] = {}
    for level in BUILT.levels:
        at = load(level)
        assert isinstance(at, Library)
        for name in at.names():
            version = at.version(name)
            assert version in BUILT.levels[: BUILT.levels.index(level) + 1]
            used = BUILT.levels.index(version)
            assert used >= before.get(name, 0), f"{name} has a lower version at {level}"
            before[name] = used
            by_version = load(version)
            assert isinstance(by_version, Library)
            assert by_version.kernel(name) == at.kernel(name) != 0
            if level == "scalar":
                assert version == "scalar", f"{name} has no version that defines it"


@built
def test_a_kernel_that_there_is_not() -> None:
    assert isinstance(BUILT, Library)
    assert (BUILT.kernel("none"), BUILT.params_size("none"), BUILT.version("none")) == (0, 0, "")
    assert BUILT.prepare("none", 0) is None


@built
def test_parameters_have_a_structure_of_their_size() -> None:
    assert isinstance(BUILT, Library)
    names = [path.stem for path in Path(library.__file__).parent.glob("*.py")]
    modules = [importlib.import_module(f"intact.native.{name}") for name in names if name != "__init__"]
    kinds = [k for m in modules for k in vars(m).values() if isinstance(k, type) and issubclass(k, ctypes.Structure)]
    sizes = {ctypes.sizeof(kind) for kind in kinds} | {0}
    assert not {name: size for name in BUILT.names() if (size := BUILT.params_size(name)) not in sizes}


@built
@pytest.mark.skipif(shutil.which("nm") is None, reason="nm lists what a library exports")
def test_nothing_but_functions_of_ours_is_exported() -> None:
    assert isinstance(BUILT, Library)
    listed = subprocess.run(["nm", "-D", "--defined-only", BUILT.path], capture_output=True, text=True, check=True)
    names = [line.split()[-1] for line in listed.stdout.splitlines()]
    assert names
    assert not [n for n in names if not n.lstrip("_").startswith("intact_")]


def test_commands_say_once_that_numpy_computes(intact_: Intact, unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = saved(MODEL, tmp_path)
    (tmp_path / "x.bin").write_bytes(bytes(4))
    run = ("run", model, "--input", tmp_path / "x.bin")
    certify = ("certify", model, "--against", "litert-reference", "--samples", "1")
    differ = ("diff-runtimes", model, "--profiles", "litert-reference,cmsis-nn", "--samples", "1")
    commands = (run, certify, differ)
    line = "note: NumPy computes, far slower than C: "
    unloaded.setenv(VARIABLE, "numpy")
    assert not any(line in intact_(*command).err for command in commands), "it was asked to"
    unloaded.delenv(VARIABLE)
    unloaded.setattr(intact.native, "__path__", [str(tmp_path)])
    library._opened.cache_clear()
    for command in commands:
        load.cache_clear()
        done = intact_(*command)
        assert done.status == 0
        assert done.err.count(line) == 1
        assert done.err.count("`intact doctor` says more") == 1
    assert line not in intact_("run", FLOAT, "--input", tmp_path / "none.npy").err
    assert line not in intact_(*run, "--engine", "litert").err


def test_commands_refuse_what_cannot_be_had(intact_: Intact, unloaded: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = saved(MODEL, tmp_path)
    (tmp_path / "x.bin").write_bytes(bytes(4))
    unloaded.setenv(VARIABLE, "fast")
    found = intact_("run", model, "--input", tmp_path / "x.bin").error
    assert found.startswith("INTACT_KERNELS=fast names no instruction set. Unset it, or use one of numpy, ")
    assert found.endswith(" [E003]")
