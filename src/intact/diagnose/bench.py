"""bench: how long the exact engine and LiteRT's kernel sets take for the same samples, in turn.

Speeds of a shared machine change from second to second, so each measurement of LiteRT stands beside one of ours, and
what counts is the ratio of the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import cycle, islice
from statistics import median, quantiles
from typing import Any, Final

from intact.arith.profile import Profile
from intact.diagnose.benchmark import Benchmark, Rival, Work
from intact.diagnose.draw import random_samples
from intact.diagnose.products import products
from intact.engines.exact import Exact
from intact.engines.litert import RESOLVERS, Session
from intact.engines.machine import described
from intact.engines.probe import probe
from intact.errors import EngineError, UsageError, require_count, require_type
from intact.ir.graph import Graph, Node
from intact.ir.model import Model
from intact.ir.types import Array
from intact.native.library import LEVELS, Library, load
from intact.quantizer.calibrate import graph_of

Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]
Sample = Mapping[str, Array]

KERNEL_SETS: Final = {f"litert-{name}": name for name in RESOLVERS}
"""LiteRT's kernel sets by the names that bench has for them, with those of engines.litert."""

_SECONDS: Final = 2.0
"""For each kernel set, where it is not said how many runs there are to be."""
_FEWEST, _MOST = 7, 300
_TIMED: Final = 5
"""Runs whose operators are timed one by one."""


def bench(
    model: Model,
    *,
    profile: Profile | str = "litert-reference",
    against: Sequence[str] = tuple(KERNEL_SETS),
    threads: int = 1,
    batch: int = 1,
    runs: int | None = None,
    samples: Iterable[Sample] | None = None,
    seed: int = 0,
    signature: str | None = None,
    isolate: bool = True,
    progress: Progress | None = None,
) -> Benchmark:
    """Returns the times of the exact engine and of LiteRT for the same samples.

    LiteRT's is the time of its interpreter alone: inputs set, run, outputs read. Ours is that of Exact.run, or of
    Exact.run_batch where there are several samples, which LiteRT runs one after the other. A kernel set that refuses
    the model is listed with its words.

    Args:
        profile: whose arithmetic the exact engine computes in.
        against: kernel sets, of KERNEL_SETS.
        threads: of both sides.
        batch: samples that make one measurement.
        runs: measurements of each side; where None as many as take 2 seconds a kernel set, 7 to 300.
        samples: stored numbers by input name, repeated where they are fewer than `batch`; random ones where None.
        seed: of random samples.
        signature: key of the entry point to run; the main graph where None.
        isolate: run LiteRT once in a process of its own first, because it dies of some models.
        progress: wraps the measurements to show how far the work is.
    Raises:
        UsageError: E003 for an unknown kernel set or profile, or a number that is none; E004 for a signature that is
            not there; E302 for samples of several shapes.
        DataError: E303 for samples that are not of the inputs' types.
        EngineError: E502 where the exact engine fails, E503 where LiteRT dies of the model.
        UncoveredError: E504 where the exact engine does not cover an operator.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    for name, number in (("threads", threads), ("batch", batch), ("runs", 1 if runs is None else runs)):
        require_count(name, number)
    for name in against:
        if name not in KERNEL_SETS:
            raise UsageError(f"there is no kernel set '{name}'", expected=f"one of {', '.join(KERNEL_SETS)}")
    graph = graph_of(model, signature)
    given = _samples(model, graph, samples, batch, seed)
    engine = Exact(model, profile, graph=graph, threads=threads)
    ours = _ours(engine, given)
    ours()
    theirs: dict[str, Callable[[], None]] = {}
    refused: dict[str, str] = {}
    for name in dict.fromkeys(against):
        try:
            theirs[name] = _theirs(model, graph, KERNEL_SETS[name], threads, given, isolate)
        except EngineError as fault:
            if fault.code == "E503":
                raise
            refused[name] = fault.problem
    taken = _alternate(ours, theirs, runs, progress)
    mine = [pair[0] for pairs in taken.values() for pair in pairs]
    work, arena = _work(engine, given[0])
    library = load()
    return Benchmark(
        engine.profile,
        threads,
        batch,
        len(next(iter(taken.values()))),
        median(mine) * 1e3 / batch,
        min(mine) * 1e3 / batch,
        [_rival(name, taken[name], batch) if name in theirs else Rival(name, refused[name]) for name in against],
        LEVELS[library.level] if isinstance(library, Library) else "numpy",
        "" if isinstance(library, Library) else str(library),
        arena,
        work,
        described(),
    )


def _samples(model: Model, graph: Graph, samples: Iterable[Sample] | None, batch: int, seed: int) -> list[Sample]:
    if samples is None:
        return list(random_samples(model, batch, seed, graph))
    given = list(islice(samples, batch))
    if not given:
        raise UsageError("there are no samples", expected="one or more", code="E301", where=model.source)
    shapes = {tuple(sorted((name, array.shape) for name, array in sample.items())) for sample in given}
    if len(shapes) > 1:
        raise UsageError(
            f"the samples have {len(shapes)} different shapes",
            expected="one, as LiteRT plans its memory anew for each",
            code="E302",
            where=model.source,
        )
    return list(islice(cycle(given), batch))


def _ours(engine: Exact, samples: Sequence[Sample]) -> Callable[[], object]:
    if len(samples) == 1:
        return lambda: engine.run(samples[0])
    return lambda: engine.run_batch(samples)


def _theirs(
    model: Model, graph: Graph, resolver: str, threads: int, samples: Sequence[Sample], isolate: bool
) -> Callable[[], None]:
    if isolate:
        probe(model, samples[0], graph, resolver=resolver)
    session = Session(model, graph, resolver=resolver, threads=threads)
    each = [session.bare(sample) for sample in samples]
    if len(each) == 1:
        return each[0]

    def run() -> None:
        for one in each:
            one()

    return run


def _alternate(
    ours: Callable[[], object], theirs: Mapping[str, Callable[[], object]], runs: int | None, progress: Progress | None
) -> dict[str, list[tuple[float, float]]]:
    """Returns for each kernel set pairs of seconds, ours and theirs right after each other, now this first, now that.

    Where there is no kernel set, ours alone, under "".
    """
    pairs = {name: (ours, call) for name, call in theirs.items()} or {"": (ours, lambda: None)}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
    if runs is None:
        once = sum(_seconds(call) for pair in pairs.values() for call in pair)
        runs = min(max(int(_SECONDS * len(pairs) / max(once, 1e-9)), _FEWEST), _MOST)
    show = progress or (lambda items, _total, _label: items)
    for number in show(range(runs), runs, "runs"):
        for name, (mine, other) in pairs.items():
            if number % 2:
                second = _seconds(other)
                taken[name].append((_seconds(mine), second))
            else:
                taken[name].append((_seconds(mine), _seconds(other)))
    return taken


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _rival(name: str, taken: Sequence[tuple[float, float]], batch: int) -> Rival:
    theirs = [t * 1e3 / batch for _, t in taken]
    ratios = [mine / other for mine, other in taken]
    low, _, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Rival(name, "", median(theirs), min(theirs), median(ratios), (low, high))


def _work(engine: Exact, sample: Sample) -> tuple[list[Work], int]:
    """Returns what ran the operators of a single sample and for how long, the slowest kind first, and the arena."""
    taken: list[dict[Node | None, tuple[str, float]]] = []
    for _ in range(_TIMED):
        seen: dict[Node | None, tuple[str, float]] = {}

        def spent(nodes: Sequence[Node], where: str, seconds: float, seen: Any = seen) -> None:
            # Of an island LiteRT tells one time; it is shared out, as nothing says whose it is.
            listed: Sequence[Node | None] = nodes or (None,)
            for node in listed:
                before = seen.get(node, (where, 0.0))[1]
                seen[node] = where, before + seconds / len(listed)

        engine.timed(sample, spent)
        taken.append(seen)
    found: dict[tuple[str, str], Work] = {}
    for node in taken[-1]:
        where = taken[-1][node][0]
        name = "borders" if node is None else node.op.name
        ms = median(seen[node][1] for seen in taken if node in seen) * 1e3
        work = found.get((name, where), Work(name, where, 0, 0.0, 0))
        count = work.products + (0 if node is None else products(node))
        found[name, where] = Work(name, where, work.count + (node is not None), work.ms + ms, count)
    return sorted(found.values(), key=lambda w: -w.ms), sum(c.program.arena for c in engine.compiled())
