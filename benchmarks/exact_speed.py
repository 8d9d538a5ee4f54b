"""Seconds of one inference of the exact engine beside LiteRT's reference kernels, in turn.

    python benchmarks/exact_speed.py MODEL... [--runs 9] [--profile litert-reference] [--operators]

Both sides run in one process on the same seeded random sample, one warm-up each, then alternately. A line a model: the
median milliseconds of both and the median of the ratios run by run. LiteRT's reference kernels have one thread; set
OPENBLAS_NUM_THREADS=1 to give NumPy one too. With --operators also where the exact engine's time goes.
"""

from __future__ import annotations

import argparse
import collections
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import intact
from intact.diagnose.draw import random_samples
from intact.engines.exact import Exact
from intact.engines.litert import Session
from intact.engines.plan import Prepared


def seconds(call: Callable[[], object]) -> float:
    """Returns how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def by_operator(engine: Exact, sample: Mapping[str, Any]) -> dict[str, float]:
    """Returns the milliseconds of one run by operator; islands by the names of what they hold."""
    spent: collections.Counter[str] = collections.Counter()
    steps = {id(s.node): s.node.op.name for s in engine.steps[engine.graph] if isinstance(s, Prepared)}
    last = [time.perf_counter()]

    def visit(node: object, *_: object) -> None:
        now = time.perf_counter()
        spent[steps.get(id(node), "LiteRT")] += (now - last[0]) * 1e3
        last[0] = now

    engine.run(sample, visit=visit)
    return {name: round(ms, 2) for name, ms in spent.most_common()}


def main() -> None:
    """Times every model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--profile", default="litert-reference")
    parser.add_argument("--operators", action="store_true")
    arguments = parser.parse_args()
    for path in arguments.models:
        model = intact.load(path)
        engine = Exact(model, arguments.profile, strict=False)
        session = Session(model, resolver="reference")
        sample = random_samples(model, 1)[0]
        sides = {"litert": partial(session.run, sample), "exact": partial(engine.run, sample)}
        for call in sides.values():
            call()
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(arguments.runs):
            for name, call in sides.items():
                taken[name].append(seconds(call))
        ratios = [b / a for a, b in zip(taken["litert"], taken["exact"], strict=True)]
        litert, exact = (statistics.median(taken[name]) * 1e3 for name in ("litert", "exact"))
        print(
            f"{path}: litert {litert:.1f} ms, exact {exact:.1f} ms, ratio {statistics.median(ratios):.2f}"
            f" ({min(ratios):.2f} to {max(ratios):.2f}), {len(engine.gaps)} operators on LiteRT for want of integers",
            flush=True,
        )
        if arguments.operators:
            print(f"    {by_operator(engine, sample)}")


if __name__ == "__main__":
    main()
