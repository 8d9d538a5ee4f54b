"""Certificates, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType

from intact.diagnose.certify import Certificate
from intact.diagnose.tally import Tally
from intact.report.terminal import number, table


def certificate_tables(
    model: str, certificates: Sequence[Certificate], *, everything: bool
) -> Iterable[RenderableType]:
    """Yields what was found under each profile: operators that differ, or all of them."""
    for certificate in certificates:
        about = certificate.runtime
        verdict = (
            f"{certificate.differing} of {certificate.values} numbers differ"
            if certificate.differing
            else f"0 of {certificate.values} numbers differ"
        )
        yield (
            f"{model} against {certificate.profile}: {verdict} "
            f"({len(certificate.tallies)} operators, {certificate.samples} samples)"
        )
        yield (
            f"  LiteRT {about.get('litert')}, {certificate.resolver} kernels, {about.get('machine')}, "
            f"{about.get('processor')}: {about.get('instructions')}"
        )
        floats = certificate.on_litert - len(certificate.gaps)
        if floats:
            yield f"  {floats} operators on floats or plain numbers ran on LiteRT on both sides"
        for gap in certificate.gaps:
            yield f"  not covered: {gap}"
        shown = [t for t in certificate.tallies if everything or t.differing]
        if shown:
            yield ""
            yield tally_table("operators" if everything else "operators that differ", shown)
        yield ""


def tally_table(title: str, tallies: Iterable[Tally]) -> RenderableType:
    """Returns a row for each operator: how many numbers differ, by how much at most, and where the first is."""
    return table(
        title,
        ("op", "operator", "result", "numbers", "differ", "largest", "first at"),
        [
            (
                str(t.index),
                t.operator,
                t.result,
                str(t.values),
                str(t.differing),
                number(t.largest),
                "" if t.first is None else f"sample {t.first[0]}, {list(t.first[2])}",
            )
            for t in tallies
        ],
        right=(0, 3, 4, 5),
    )
