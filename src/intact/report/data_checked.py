"""What the data doctor found, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.data.doctor.examine import NOT_OPEN, Diagnosis
from intact.errors import counted
from intact.report.terminal import table


def data_finding_tables(path: str, diagnosis: Diagnosis) -> Iterable[RenderableType]:
    """Yields a row for each finding."""
    count = len(diagnosis.findings)
    of = counted(diagnosis.samples, "sample")
    if not count:
        yield f"{path}: nothing found in {of}"
        return
    yield table(
        f"{path}: {counted(count, 'finding')} in {of}" if diagnosis.samples else f"{path}: {NOT_OPEN}",
        ("code", "severity", "where", "what", "way out"),
        [(f.code, f.severity, f.where or "all samples", f.text, f.fix) for f in diagnosis.findings],
    )
