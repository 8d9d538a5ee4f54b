"""What certify finds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from intact.diagnose.entries import NotCompared
from intact.diagnose.tally import Tally
from intact.engines.plan import Gap
from intact.errors import counted, printable


@dataclass(frozen=True)
class Certificate:
    """What `certify` found under one profile.

    Args:
        profile: its name.
        resolver: LiteRT's set of kernels that was run.
        samples: how many LiteRT ran, of all entry points together.
        tallies: one for each operator that was compared, in order; graph and index say which. Each was given what
            LiteRT's own operator read.
        on_litert: how many operators ran on LiteRT on both sides, float ones; only whole runs tell of them.
        gaps: quantized operators that the exact engine does not cover; they count in `on_litert`.
        runtime: what LiteRT ran on: its version, the machine, the processor and its vector instructions.
        outputs: one for each output of each entry point, by its name: whole runs over consecutive samples.
        signatures: by position of its graph what each entry point is called.
        bodies: how many operators are in graphs that control flow runs; only whole runs tell of them.
        not_compared: what was not, and why.
        refused: how many samples LiteRT refused, by its words.
        failed: how many times the exact engine failed on what LiteRT ran, by its words.
        seconds: that LiteRT ("litert") and the exact engine ("engine") took, and the whole comparison ("all").
    """

    profile: str
    resolver: str
    samples: int
    tallies: list[Tally] = field(default_factory=list)
    on_litert: int = 0
    gaps: list[Gap] = field(default_factory=list)
    runtime: dict[str, str] = field(default_factory=dict)
    outputs: list[Tally] = field(default_factory=list)
    signatures: Mapping[int, str] = field(default_factory=dict)
    bodies: int = 0
    not_compared: list[NotCompared] = field(default_factory=list)
    refused: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def differing(self) -> int:
        """How many numbers differ in all, of operators and of whole runs."""
        return sum(t.differing for t in (*self.tallies, *self.outputs))

    @property
    def values(self) -> int:
        """How many numbers were compared, of operators and of whole runs."""
        return sum(t.values for t in (*self.tallies, *self.outputs))

    @property
    def equal(self) -> bool:
        """True where no number differs, nothing failed, and every quantized operator is covered."""
        return not (self.differing or self.gaps or self.failed)

    @property
    def summary(self) -> str:
        """How many numbers differ, of how many, in one line."""
        return (
            f"{self.profile}: {self.differing} of {self.values} numbers differ "
            f"({counted(len(self.tallies), 'operator')}, {counted(len(self.outputs), 'output')} of whole runs, "
            f"{counted(self.samples, 'sample')})"
        )

    def __str__(self) -> str:
        lines = [
            f"{place} '{t.result}': {t.differing} of {t.values} numbers differ, by up to {t.largest:g}"
            for place, t in (
                *((f"operator {t.index} {t.operator}", t) for t in self.tallies),
                *((f"output of {self.signatures[t.graph]}", t) for t in self.outputs),
            )
            if t.differing
        ]
        lines += [f"not covered: {gap}" for gap in self.gaps]
        lines += [f"not compared: {item}" for item in self.not_compared]
        lines += [f"refused by LiteRT, {counted(n, 'sample')}: {text}" for text, n in self.refused.items()]
        lines += [f"failed where LiteRT did not, {counted(n, 'time')}: {text}" for text, n in self.failed.items()]
        return "\n".join([self.summary, *(f"  {printable(line)}" for line in lines)])

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON."""
        return {
            "profile": self.profile,
            "resolver": self.resolver,
            "samples": self.samples,
            "values": self.values,
            "differing": self.differing,
            "equal": self.equal,
            "operators": [dataclasses.asdict(t) for t in self.tallies],
            "outputs": [{"entry": self.signatures[t.graph], **dataclasses.asdict(t)} for t in self.outputs],
            "on_litert": self.on_litert,
            "control_flow_bodies": self.bodies,
            "gaps": [str(g) for g in self.gaps],
            "not_compared": [dataclasses.asdict(n) for n in self.not_compared],
            "refused": dict(self.refused),
            "failed": dict(self.failed),
            "seconds": dict(self.seconds),
            "runtime": self.runtime,
        }
