"""certify: the exact engine against LiteRT itself, operator by operator and in whole runs.

Each operator is given the very integers that LiteRT's operator read, so a difference is charged to the operator that
makes it and to no other. Whole runs of both sides, sample after sample, show what that leaves out: what variables carry
over, operators that run on LiteRT here as well, and graphs that control flow runs.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.certificate import Certificate
from intact.diagnose.draw import Draws
from intact.diagnose.entries import NotCompared, bodies, called, chosen, unused
from intact.diagnose.observable import why_not
from intact.diagnose.side_by_side import SideBySide
from intact.diagnose.tally import Tally
from intact.engines.exact import Exact
from intact.engines.machine import described
from intact.errors import EngineError, UsageError, require_count, require_type
from intact.ir.model import Model
from intact.ir.types import Array

Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]


def certify(
    model: Model,
    profile: Profile | str = "litert-reference",
    samples: Iterable[Mapping[str, Array]] | None = None,
    *,
    count: int | None = None,
    seed: int = 0,
    signature: str | None = None,
    oracle: Model | None = None,
    threads: int = 1,
    isolate: bool = True,
    progress: Progress | None = None,
) -> Certificate:
    """Returns how the exact engine compares with LiteRT on a model.

    A sample that LiteRT refuses is counted; a random one is drawn again, of tamer numbers.

    Args:
        model: run by the exact engine.
        profile: which runtime.
        samples: stored numbers by input name, of the signature or the main graph.
        count: seeded random samples for each entry point, before those given; 16 where None and none are given.
        signature: key of the one entry point to look at; all where None.
        oracle: run by LiteRT in place of the model itself; of the same graph, tensor by tensor.
        threads: that the exact engine's kernels share their work among.
        isolate: run the first sample in a process of its own before all, because LiteRT dies of some models.
        progress: wraps the samples to show how far the work is.
    Raises:
        UsageError: E003 for a profile that is not of LiteRT, an oracle of another graph, random samples of what cannot
            be drawn, or nothing to compare; E004 for a key that no signature has.
        EngineError: E501 where LiteRT refuses the model, E502 where it refuses every sample, E503 where it dies of it.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    require_count("threads", threads)
    start = time.perf_counter()
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    if profile.resolver is None:
        raise UsageError(
            f"profile {profile.name} is not of a runtime that is here",
            expected="a profile of LiteRT: litert-reference, litert-optimized, litert-xnnpack",
        )
    graphs, left = chosen(model, signature, every=True)
    oracle = oracle or model
    if [len(g.values) for g in oracle.graphs] != [len(g.values) for g in model.graphs]:
        raise UsageError("the oracle has other tensors than the model", expected="the same graph", where=oracle.source)
    left += unused(model)
    given = [] if samples is None else list(samples)
    if count is None:
        count = 0 if samples is not None else 16
    engine = Exact(model, profile, strict=False, threads=threads)
    tallies: list[Tally] = []
    outputs: list[Tally] = []
    refused: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    done = 0
    for graph in graphs:
        position = model.graphs.index(graph)
        wanted: list[Mapping[str, Array] | None] = [None] * count
        wanted += given if graph is graphs[0] else []
        if not wanted:
            left.append(NotCompared(called(model, graph), "no samples are given for it", position))
            continue
        pair = SideBySide(engine, graph, oracle, profile.resolver, isolate)
        draws = Draws(model, graph, seed) if count else None
        show = progress or _silent
        found, ran = pair.operators(show(wanted, len(wanted), f"{profile.name}, operators"), draws)
        if ran:
            outputs += pair.outputs(show(ran, len(ran), f"{profile.name}, whole runs"))
        refused += pair.refused
        failed += pair.failed
        seconds.update(pair.seconds)
        if not ran:
            why = f"LiteRT refuses every sample: {next(iter(pair.refused))}"
            left.append(NotCompared(called(model, graph), why, position))
            continue
        tallies += [t for t in found.values() if t.values or t.differing]
        left += [
            NotCompared(t.operator, why_not(node, profile), position, t.index)
            for node, t in found.items()
            if not (t.values or t.differing)
        ]
        done += len(ran)
    steps = sum(node in engine.records for g in graphs for node in g.nodes)
    certificate = Certificate(
        profile.name,
        profile.resolver,
        done,
        tallies,
        sum(len(g.nodes) for g in graphs) - steps,
        engine.gaps,
        described(),
        outputs,
        {model.graphs.index(g): called(model, g) for g in graphs},
        sum(len(g.nodes) for g in bodies(graphs)),
        left,
        refused,
        failed,
        {"litert": seconds["litert"], "engine": seconds["engine"], "all": time.perf_counter() - start},
    )
    _require_something(certificate, model)
    return certificate


def _require_something(found: Certificate, model: Model) -> None:
    if found.values or found.differing or found.failed:
        return
    if found.samples == 0 and found.refused:
        text, times = next(iter(found.refused.items()))
        raise EngineError(
            f"LiteRT refuses every sample, {times} times so: {text}",
            where=model.source,
            fix="Give samples of your own that it takes: --data, or samples= in Python",
        )
    why = "; ".join(map(str, found.not_compared[:3])) or "no outputs"
    raise UsageError(f"there is nothing to compare: {why}", expected="samples and an output", where=model.source)


def _silent(items: Iterable[Any], _total: int, _label: str) -> Iterable[Any]:
    return items
