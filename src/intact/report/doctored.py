"""What an installation computes with, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import RenderableType

from intact.diagnose.doctor import Health
from intact.native.library import LEVELS
from intact.report.terminal import table

_WIDTH: Final = 14


def health_tables(health: Health) -> Iterable[RenderableType]:
    """Yields versions, which C kernels are in use, and what is broken."""
    yield f"{health.machine}, {health.cores} core{'s' if health.cores > 1 else ''}"
    for name, version in (health.versions | health.extras).items():
        yield f"{name:<{_WIDTH}}{version or 'not installed'}"
    yield ""
    kernels = health.kernels
    yield f"C kernels: {kernels.level}, {kernels.why}"
    for name, text in (
        ("to change it", kernels.fix),
        ("processor", kernels.processor),
        ("library", kernels.path),
        ("built by", kernels.compiler),
    ):
        if text:
            yield f"{name:<{_WIDTH}}{text}"
    if kernels.versions:
        yield ""
        yield table("kernels in use", ("written for", "kernels"), _by_level(kernels.versions))
    for fault in health.broken:
        yield ""
        yield f"broken: {fault}"


def _by_level(versions: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (level, ", ".join(name for name, used in versions.items() if used == level))
        for level in LEVELS
        if level in versions.values()
    ]
