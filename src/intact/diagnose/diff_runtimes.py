"""diff-runtimes: which operators give other integers on other runtimes, by how much, and what becomes of the outputs.

Each operator is given the integers of the first profile's run, its variables too, so that a difference is charged to
the operator itself; the outputs are those of whole runs, in which differences add up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.draw import random_samples
from intact.diagnose.entries import NotCompared, bodies, chosen, result, written
from intact.diagnose.tally import Tally, add
from intact.engines.exact import Exact
from intact.engines.plan import Gap, Prepared
from intact.errors import UsageError, counted, require_type
from intact.ir.graph import Graph, Node
from intact.ir.model import Model
from intact.ir.types import Array

Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]
PROFILES: Final = ("litert-reference", "litert-optimized", "litert-xnnpack", "tflm-reference", "cmsis-nn", "gemmlowp")


@dataclass(frozen=True)
class Difference:
    """One profile against the first.

    Args:
        profile: whose arithmetic.
        operators: one tally for each operator that ran, in order; graph and index say which. Those of control flow and
            resources, which move arrays as they are, are not among them.
        outputs: one tally for each output of whole runs.
        decisions: samples whose largest output number is another one, by output name; for rows of scores.
        gaps: operators that the profile does not cover, and that run on LiteRT here.
        rules: the rules of the first profile and of this one for each operator that differs, by (graph, index).
    """

    profile: Profile
    operators: list[Tally]
    outputs: list[Tally]
    decisions: dict[str, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    rules: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Differences:
    """What was found.

    Args:
        base: the profile that the others are held against.
        samples: how many were run.
        others: in the order asked for.
        not_compared: what was not, and why.
    """

    base: Profile
    samples: int
    others: list[Difference]
    not_compared: list[NotCompared] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{counted(self.samples, 'sample')}, against {self.base.name}"]
        for other in self.others:
            differing, values = sum(t.differing for t in other.outputs), sum(t.values for t in other.outputs)
            alone = sum(t.differing > 0 for t in other.operators)
            told = (
                f"{differing} of {values} numbers of the outputs differ; operators that differ by themselves: {alone}"
            )
            lines.append(f"{other.profile.name}: {told}")
            lines += [f"  not covered: {gap}" for gap in other.gaps]
        return "\n".join([*lines, *(f"not compared: {item}" for item in self.not_compared)])

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON; operators without a difference are left out."""
        return {
            "base": self.base.name,
            "samples": self.samples,
            "not_compared": [dataclasses.asdict(n) for n in self.not_compared],
            "profiles": [
                {
                    "profile": d.profile.name,
                    "checked": d.profile.checked,
                    "operators": [
                        {**dataclasses.asdict(t), "rules": d.rules[t.graph, t.index]}
                        for t in d.operators
                        if t.differing
                    ],
                    "outputs": [dataclasses.asdict(t) for t in d.outputs],
                    "decisions": d.decisions,
                    "gaps": [str(g) for g in d.gaps],
                }
                for d in self.others
            ],
        }


def diff_runtimes(
    model: Model,
    profiles: Sequence[Profile | str] = PROFILES,
    samples: Iterable[Mapping[str, Array]] | None = None,
    *,
    count: int = 16,
    seed: int = 0,
    signature: str | None = None,
    progress: Progress | None = None,
) -> Differences:
    """Returns where a model's integers differ between runtimes.

    Samples run one after the other; what variables keep goes on from one to the next.

    Args:
        profiles: two or more; the first is what the others are held against.
        samples: stored numbers by input name; `count` seeded random ones where None.
        signature: key of the entry point to run; the main graph where None.
        progress: wraps the samples to show how far the work is.
    Raises:
        UsageError: E003 for fewer than two profiles, or one that is none; E004 for a key that no signature has.
        UncoveredError: E504 where the first profile does not cover an operator.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    found = [p if isinstance(p, Profile) else load_profile(p) for p in profiles]
    if len(found) < 2:
        raise UsageError(f"{len(found)} profiles are given", expected="two or more")
    (graph,), left = chosen(model, signature, every=False)
    given = random_samples(model, count, seed, graph) if samples is None else list(samples)
    base = Exact(model, found[0], graph=graph)
    others = [_Other(Exact(model, profile, graph=graph, strict=False)) for profile in found[1:]]
    show = progress or (lambda items, _total, _label: items)
    seen: set[Node] = set()
    for number, sample in enumerate(show(given, len(given), "operators")):
        base.run(sample, visit=lambda *visit, n=number: _visit(base, others, seen, n, *visit))
    base.reset()
    for other in others:
        other.engine.reset()
    for number, sample in enumerate(show(given, len(given), "whole runs")):
        expected = base.run(sample)
        for other in others:
            other.whole(sample, expected, number)
    return Differences(
        found[0], len(given), [o.found(base) for o in others], left + _not_seen(model, graph, base, seen)
    )


class _Other:
    """One of the profiles that are held against the first."""

    def __init__(self, engine: Exact) -> None:
        self.engine = engine
        self.outputs = [Tally(i, "output", p.name) for i, p in enumerate(engine.outputs)]
        self.decisions: dict[str, int] = {}
        self.tallies: dict[Node, Tally] = {}
        self._places = {node: (model_graph, index) for model_graph, index, node in _places(engine.model)}

    def operator(
        self, base: Exact, node: Node, operands: Sequence[Array | None], results: Sequence[Array], sample: int
    ) -> None:
        """Compares one application; this engine's variables are as the first's were before it, and after it are so."""
        if node not in self.tallies:
            graph, index = self._places[node]
            self.tallies[node] = Tally(index, node.op.name, result(node), graph=graph)
        tally = self.tallies[node]
        ours = self.engine.apply(node, operands)
        kept = [(v, base.initial(v)) for v in written(node)]
        mine = [*ours, *(self.engine.initial(v) for v, _ in kept)]
        for which, (array, theirs) in enumerate(zip(mine, [*results, *(a for _, a in kept)], strict=True)):
            add(tally, array, theirs, sample, which)
        self.engine.keep(dict(kept))

    def whole(self, sample: Mapping[str, Array], expected: Mapping[str, Array], number: int) -> None:
        """Compares the outputs of a whole run."""
        for tally, (name, ours) in zip(self.outputs, self.engine.run(sample).items(), strict=True):
            add(tally, ours, expected[name], number, 0)
            if _is_row(ours) and ours.argmax() != expected[name].argmax():
                self.decisions[name] = self.decisions.get(name, 0) + 1

    def found(self, base: Exact) -> Difference:
        """Returns all that was found."""
        tallies = sorted(self.tallies.values(), key=lambda t: (t.graph, t.index))
        ruled = [_rules(engine) for engine in (base, self.engine)]
        rules = {
            (tally.graph, tally.index): (ruled[0].get(node, ""), ruled[1].get(node, ""))
            for node, tally in self.tallies.items()
            if tally.differing
        }
        return Difference(self.engine.profile, tallies, self.outputs, self.decisions, self.engine.gaps, rules)


def _rules(engine: Exact) -> dict[Node, str]:
    """The rules of each operator that the engine computes, in words."""
    steps = (step for listed in engine.steps.values() for step in listed)
    return {s.node: ", ".join(dict.fromkeys(r.name for r in s.rules)) for s in steps if isinstance(s, Prepared)}


def _visit(
    base: Exact,
    others: Sequence[_Other],
    seen: set[Node],
    sample: int,
    node: Node,
    operands: Sequence[Array | None],
    results: Sequence[Array],
) -> None:
    # Control flow and resources move arrays as they are; operators of the graphs that are run come here by themselves.
    if node.op.controls:
        return
    seen.add(node)
    full = None
    for other in others:
        if node in other.engine.records:
            # An island shows no constants.
            full = full or [
                base.initial(v) if array is None and v is not None else array
                for v, array in zip(node.inputs, operands, strict=True)
            ]
            other.operator(base, node, full, results, sample)


def _places(model: Model) -> Iterator[tuple[int, int, Node]]:
    for position, graph in enumerate(model.graphs):
        for index, node in enumerate(graph.nodes):
            yield position, index, node


def _not_seen(model: Model, graph: Graph, base: Exact, seen: set[Node]) -> list[NotCompared]:
    """The operators in graphs that control flow might have run, and did not on these samples."""
    run = {graph, *bodies([graph])}
    return [
        NotCompared(node.op.name, "did not run on these samples", position, index)
        for position, index, node in _places(model)
        if model.graphs[position] in run and node in base.records and node not in seen and not node.op.controls
    ]


def _is_row(array: Array) -> bool:
    if array.ndim == 0 or array.size != array.shape[-1] or array.size < 2:
        return False
    return array.dtype.kind in "iuf" and not np.isnan(array).any()
