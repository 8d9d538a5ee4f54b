"""What `check` found, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType

from intact.diagnose.check import Finding
from intact.report.terminal import short, table


def finding_tables(model: str, findings: Sequence[Finding]) -> Iterable[RenderableType]:
    """Yields a row for each finding."""
    if not findings:
        yield f"{model}: nothing found"
        return
    yield table(
        f"{model}: {len(findings)} {'finding' if len(findings) == 1 else 'findings'}",
        ("kind", "where", "what", "profiles"),
        [(f.kind, _placed(f.where), f.text, ", ".join(f.profiles) or "all") for f in findings],
    )


def _placed(where: str) -> str:
    """The place with a long name shortened."""
    head, quote, name = where.partition(" '")
    return f"{head} '{short(name.removesuffix(chr(39)))}'" if quote else where
