"""Benchmarks, for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import RenderableType

from intact.diagnose.benchmark import Benchmark
from intact.report.terminal import number, size, table


def benchmark_tables(model: str, found: Benchmark, *, operators: bool) -> Iterable[RenderableType]:
    """Yields the times of both sides and what they were measured on, and where asked for the time of each operator."""
    threads = "1 thread" if found.threads == 1 else f"{found.threads} threads"
    batch = "" if found.batch == 1 else f", {found.batch} samples a measurement"
    yield f"{model}: profile {found.profile.name}, {threads}, {found.runs} measurements{batch}"
    about = found.runtime
    kernels = f"C kernels for {found.kernels}" if not found.why else f"NumPy, no C kernels: {found.why}"
    yield f"  {kernels}; arena {size(found.arena)}; LiteRT {about.get('litert')}; {about.get('processor')}"
    yield from (f"  {line}" for line in _elsewhere(found))
    if found.products:
        rate = found.products / found.ms * 1e3
        yield f"  {_short(found.products)} multiply-accumulates a sample, {_short(rate)} a second"
    yield ""
    yield table(
        "milliseconds a sample",
        ("", "median", "fastest", "ours / theirs", "middle half"),
        [
            ("intact", number(found.ms, 4), number(found.fastest, 4), "", ""),
            *(
                (
                    r.name,
                    number(r.ms, 4),
                    number(r.fastest, 4),
                    number(r.ratio, 3),
                    "" if r.quartiles is None else " to ".join(number(q, 3) for q in r.quartiles),
                )
                for r in found.rivals
            ),
        ],
        right=(1, 2, 3),
    )
    for rival in found.rivals:
        if rival.refused:
            yield f"{rival.name} refuses the model: {rival.refused}"
    if operators:
        yield ""
        yield table(
            "operators of one sample",
            ("operator", "ran on", "count", "ms", "multiply-accumulates", "a second"),
            [
                (
                    w.operator,
                    w.ran_on,
                    str(w.count or ""),
                    number(w.ms, 3),
                    _short(w.products) if w.products else "",
                    _short(w.rate) if w.rate else "",
                )
                for w in found.work
            ],
            right=(2, 3, 4, 5),
        )


def _elsewhere(found: Benchmark) -> Iterable[str]:
    """Yields which operators the kernels do not compute."""
    for place, said in (("numpy", "in NumPy"), ("litert", "on LiteRT, on floats or plain numbers")):
        counts: Counter[str] = Counter()
        for work in found.work:
            if work.ran_on == place and (place == "litert" or not found.why):
                counts[work.operator] += work.count
        if counts:
            listed = ", ".join(f"{count} {operator}" for operator, count in counts.items())
            yield f"{said}: {listed}"


def _short(count: float) -> str:
    """Returns a number in thousands, millions or billions."""
    for factor, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.3g}"
