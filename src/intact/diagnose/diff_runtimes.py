"""diff-runtimes: which operators give other integers on other runtimes, by how much, and what becomes of the outputs.

Each operator is given the integers of the first profile's run, so that a difference is charged to the operator itself;
the outputs are those of whole runs, in which differences add up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.certify import random_samples
from intact.diagnose.tally import Tally, add
from intact.engines.exact import Exact, Gap
from intact.errors import UsageError, require_type
from intact.ir.graph import Node
from intact.ir.model import Model
from intact.ir.types import Array

PROFILES: Final = ("litert-reference", "litert-optimized", "litert-xnnpack", "tflm-reference", "cmsis-nn", "gemmlowp")


@dataclass(frozen=True)
class Difference:
    """One profile against the first.

    Args:
        profile: whose arithmetic.
        operators: one tally for each operator, in order.
        outputs: one tally for each output of whole runs.
        decisions: samples whose largest output number is another one, by output name; for rows of scores.
        gaps: operators that the profile does not cover, and that run on LiteRT here.
    """

    profile: Profile
    operators: list[Tally]
    outputs: list[Tally]
    decisions: dict[str, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True)
class Differences:
    """What was found.

    Args:
        base: the profile that the others are held against.
        samples: how many were run.
        others: in the order asked for.
    """

    base: Profile
    samples: int
    others: list[Difference]

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON; operators without a difference are left out."""
        return {
            "base": self.base.name,
            "samples": self.samples,
            "profiles": [
                {
                    "profile": d.profile.name,
                    "checked": d.profile.checked,
                    "operators": [dataclasses.asdict(t) for t in d.operators if t.differing],
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
) -> Differences:
    """Returns where a model's integers differ between runtimes.

    Args:
        profiles: two or more; the first is what the others are held against.
        samples: stored numbers by input name; `count` seeded random ones where None.
    Raises:
        UsageError: E003 for fewer than two profiles, or one that is none.
        UncoveredError: E504 where the first profile does not cover an operator.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    found = [p if isinstance(p, Profile) else load_profile(p) for p in profiles]
    if len(found) < 2:
        raise UsageError(f"{len(found)} profiles are given", expected="two or more")
    base = Exact(model, found[0])
    engines = [Exact(model, profile, strict=False) for profile in found[1:]]
    index = {node: i for i, node in enumerate(model.main.nodes)}
    operators = [{n: Tally(i, n.op.name, _name(n)) for n, i in index.items() if n in e.records} for e in engines]
    outputs = [[Tally(i, "", p.name) for i, p in enumerate(base.outputs)] for _ in engines]
    decisions: list[dict[str, int]] = [{} for _ in engines]
    done = 0
    for done, sample in enumerate(random_samples(model, count, seed) if samples is None else samples, 1):
        base.reset()
        first, visits = _recorded(base, sample)
        for number, engine in enumerate(engines):
            engine.reset()
            for node, operands, results in visits:
                if node in operators[number] and not node.op.updates:
                    for which, (ours, theirs) in enumerate(zip(engine.apply(node, operands), results, strict=True)):
                        add(operators[number][node], ours, theirs, done - 1, which)
            engine.reset()
            for tally, (name, ours) in zip(outputs[number], engine.run(sample).items(), strict=True):
                add(tally, ours, first[name], done - 1, 0)
                if _is_row(ours) and ours.argmax() != first[name].argmax():
                    decisions[number][name] = decisions[number].get(name, 0) + 1
    return Differences(
        found[0],
        done,
        [
            Difference(e.profile, list(operators[i].values()), outputs[i], decisions[i], e.gaps)
            for i, e in enumerate(engines)
        ],
    )


Visited = tuple[Node, Sequence[Array | None], Sequence[Array]]


def _recorded(engine: Exact, sample: Mapping[str, Array]) -> tuple[dict[str, Array], list[Visited]]:
    visits: list[Visited] = []
    found = engine.run(sample, visit=lambda *visit: visits.append(visit))
    return found, visits


def _is_row(array: Array) -> bool:
    if array.ndim == 0 or array.size != array.shape[-1] or array.size < 2:
        return False
    return array.dtype.kind in "iuf" and not np.isnan(array).any()


def _name(node: Node) -> str:
    return node.outputs[0].name if node.outputs else ""
