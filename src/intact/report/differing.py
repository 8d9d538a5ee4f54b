"""Differences between runtimes, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.diagnose.diff_runtimes import Differences
from intact.report.certified import tally_table
from intact.report.ran import profile_line
from intact.report.terminal import short, table


def difference_tables(model: str, found: Differences) -> Iterable[RenderableType]:
    """Yields the outputs of whole runs under each profile, then the operators that differ."""
    yield f"{model}, {found.samples} samples, against {profile_line(found.base)}"
    yield ""
    rows = []
    for other in found.others:
        for tally in other.outputs:
            changed = other.decisions.get(tally.result, 0)
            rows.append(
                (
                    other.profile.name,
                    short(tally.result),
                    f"{tally.differing} of {tally.values}",
                    f"{tally.largest:g}",
                    f"{changed} of {found.samples}" if changed else "",
                )
            )
    yield table(
        "outputs of whole runs",
        ("profile", "output", "numbers that differ", "largest", "samples with another top class"),
        rows,
        right=(2, 3, 4),
    )
    for item in found.not_compared:
        yield f"  not compared: {item}"
    for other in found.others:
        yield ""
        differing = [t for t in other.operators if t.differing]
        if differing:
            yield tally_table(f"operators that differ, {profile_line(other.profile)}", differing, other.rules)
        else:
            yield f"no operator differs, {profile_line(other.profile)}"
        for gap in other.gaps:
            yield f"  not covered, runs on LiteRT here: {gap}"
