"""What the data doctor found, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.data.doctor.examine import Diagnosis
from intact.report.terminal import table


def data_finding_tables(path: str, diagnosis: Diagnosis) -> Iterable[RenderableType]:
    """Yields a row for each finding."""
    count = len(diagnosis.findings)
    of = f"{diagnosis.samples} {'sample' if diagnosis.samples == 1 else 'samples'}"
    if not count:
        yield f"{path}: nothing found in {of}"
        return
    yield table(
        f"{path}: {count} {'finding' if count == 1 else 'findings'} in {of}",
        ("code", "severity", "where", "what", "way out"),
        [(f.code, f.severity, f.where or "all samples", f.text, f.fix) for f in diagnosis.findings],
    )
