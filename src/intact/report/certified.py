"""Certificates, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import RenderableType

from intact.diagnose.certificate import Certificate
from intact.diagnose.tally import Tally
from intact.report.terminal import number, short, table

_RULES = ("rule, first / this",)


def certificate_tables(
    model: str, certificates: Sequence[Certificate], *, everything: bool
) -> Iterable[RenderableType]:
    """Yields what was found under each profile: operators and outputs that differ, or all of them."""
    for certificate in certificates:
        about = certificate.runtime
        yield f"{model} against {certificate.summary}"
        yield (
            f"  LiteRT {about.get('litert')}, {certificate.resolver} kernels, {about.get('machine')}, "
            f"{about.get('processor')}: {about.get('instructions')}"
        )
        if certificate.seconds:
            yield f"  {_time(certificate.seconds)}"
        yield from (f"  {line}" for line in _remarks(certificate))
        for title, tallies in (("operators", certificate.tallies), ("whole runs", certificate.outputs)):
            shown = [t for t in tallies if everything or t.differing]
            if shown:
                yield ""
                yield tally_table(title if everything else f"{title} that differ", shown)
        yield ""


def _time(seconds: Mapping[str, float]) -> str:
    """Returns where the time went; what is neither side's is drawing, comparing, and starting LiteRT."""
    litert, ours, whole = seconds["litert"], seconds["engine"], seconds["all"]
    return f"time: LiteRT {litert:.2f} s, the exact engine {ours:.2f} s, the rest {whole - litert - ours:.2f} s"


def _remarks(certificate: Certificate) -> Iterable[str]:
    floats = certificate.on_litert - len(certificate.gaps)
    if floats > 0:
        yield f"{floats} operators on floats or plain numbers run on LiteRT on both sides: compared in whole runs alone"
    if certificate.bodies:
        yield f"{certificate.bodies} operators in graphs that control flow runs: compared in whole runs alone"
    for gap in certificate.gaps:
        yield f"not covered: {gap}"
    for text, times in certificate.failed.items():
        yield f"failed where LiteRT did not, {times} times: {text}"
    for text, times in certificate.refused.items():
        yield f"refused by LiteRT, {times} samples: {text}"
    alike: dict[tuple[str, str, int], list[int]] = {}
    for item in certificate.not_compared:
        if item.index is None:
            yield f"not compared: {item.what}: {item.why}"
        else:
            alike.setdefault((item.what, item.why, item.graph), []).append(item.index)
    for (what, why, graph), nodes in alike.items():
        place = f" of graph {graph}" if graph else ""
        listed = ", ".join(map(str, nodes[:8])) + (", ..." if len(nodes) > 8 else "")
        yield f"not compared: {len(nodes)} {what} (node {listed}{place}): {why}"


def tally_table(
    title: str, tallies: Iterable[Tally], rules: Mapping[tuple[int, int], tuple[str, str]] | None = None
) -> RenderableType:
    """Returns a row for each operator: how many numbers differ, by how much at most, and where the first is.

    Args:
        rules: the rules that two profiles have for it, by (graph, index).
    """
    tallies = list(tallies)
    several = any(t.graph for t in tallies)
    return table(
        title,
        (
            "graph:op" if several else "op",
            "operator",
            "result",
            "numbers",
            "differ",
            "largest",
            "first at",
            *_RULES[: 0 if rules is None else 1],
        ),
        [
            (
                f"{t.graph}:{t.index}" if several else str(t.index),
                t.operator,
                short(t.result),
                str(t.values),
                str(t.differing),
                number(t.largest),
                "" if t.first is None else f"sample {t.first[0]}, {list(t.first[2])}",
                *(() if rules is None else (" / ".join(dict.fromkeys(rules[t.graph, t.index])),)),
            )
            for t in tallies
        ],
        right=(0, 3, 4, 5),
    )
