"""doctor: what this installation computes with, and what of it does not work."""

from __future__ import annotations

import dataclasses
import os
import platform
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

from intact.engines.probe import require_litert
from intact.errors import EngineError
from intact.native.library import LEVELS, VARIABLE, Absence, Library, load

PACKAGES: Final = {"intact": "intact", "NumPy": "numpy", "LiteRT": "ai-edge-litert"}
EXTRAS: Final = ("torch", "onnx", "dask")


@dataclass(frozen=True)
class Kernels:
    """The C kernels.

    Args:
        level: instruction set in use; "numpy" where there are no kernels.
        why: that one.
        fix: what to do for more; "" where nothing need be done.
        processor: the highest instruction set of this processor that kernels know; None where nothing can tell.
        path, compiler: of the library, and what built it; None where there is none.
        versions: the instruction set whose version of a kernel is used, by kernel.
    """

    level: str
    why: str
    fix: str
    processor: str | None = None
    path: str | None = None
    compiler: str | None = None
    versions: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """What an installation computes with.

    Args:
        versions: of intact, Python, NumPy and LiteRT, None for what is not there.
        machine: operating system and processor.
        cores: that this process may use.
        kernels: the C kernels.
        extras: versions of optional packages, None for those that are not installed.
        broken: what does not work though it should, with what to do about it; () where all does.
    """

    versions: dict[str, str | None]
    machine: str
    cores: int
    kernels: Kernels
    extras: dict[str, str | None]
    broken: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Returns the findings as data for JSON."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {version or 'not installed'}" for name, version in self.versions.items())
        return "\n".join([versions, f"kernels: {self.kernels.level}, {self.kernels.why}", *self.broken])


def doctor() -> Health:
    """Returns what this installation computes with: versions, C kernels, LiteRT, tried on a model of one operator."""
    versions = {name: _version(package) for name, package in PACKAGES.items()}
    found = load()
    return Health(
        versions={"intact": versions.pop("intact"), "Python": platform.python_version(), **versions},
        machine=f"{platform.system()} {platform.machine()}",
        cores=_cores(),
        kernels=_present(found) if isinstance(found, Library) else _absent(found),
        extras={name: _version(name) for name in EXTRAS},
        broken=(*_broken_kernels(found), *_broken_litert()),
    )


def _present(library: Library) -> Kernels:
    processor, level = LEVELS[library.processor], LEVELS[library.level]
    if os.environ.get(VARIABLE):
        why = f"{VARIABLE}={level} asks for no more"
    elif level == processor:
        why = "the highest that this processor has"
    else:
        why = f"the highest that {library.compiler} knew; the processor has {processor}"
    return Kernels(
        level,
        why,
        "" if level == processor or os.environ.get(VARIABLE) else "Install intact again with a newer C compiler",
        processor,
        str(library.path),
        library.compiler,
        {name: library.version(name) for name in library.names()},
    )


def _absent(absence: Absence) -> Kernels:
    unlimited = load("scalar")
    if isinstance(unlimited, Absence):
        return Kernels("numpy", absence.why, absence.fix)
    processor = LEVELS[unlimited.processor]
    return Kernels("numpy", absence.why, absence.fix, processor, str(unlimited.path), unlimited.compiler)


def _broken_kernels(found: Library | Absence) -> tuple[str, ...]:
    return (str(found),) if isinstance(found, Absence) and found.kind in ("wrong", "broken") else ()


def _broken_litert() -> tuple[str, ...]:
    try:
        require_litert()
    except EngineError as fault:
        return (f"{fault.problem}. {fault.fix}" if fault.fix else fault.problem,)
    return ()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _cores() -> int:
    """Returns on how many cores this process may run, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
