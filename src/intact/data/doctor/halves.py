"""W309: too few samples to know the ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Extent, Subject
from intact.data.doctor.finding import Finding
from intact.engines.litert import Session
from intact.ir.graph import Value
from intact.ir.types import Array, DType

FEWEST: Final = 8
"""Samples below which there are too few whatever they hold. Of n samples that come in no order and one more, the one
more has the largest or the smallest number with a chance of 2 in n + 1: of less than 8, it leaves a quarter of all
ranges and more."""

APART: Final = 0.4
"""Part of the ranges that may lie outside one of the halves, in the median over the values of the network. What two
halves miss of each other, all samples miss about half of in the next ones: of 256 steps, 51."""

FAR_APART: Final = 0.6
"""The same part in a tenth of the values. Activations that are clamped have one range whatever the samples, and where
most are, the median says nothing."""


class Halves(Check):
    """Runs the float network: the ranges over every other sample against the ranges over those between.

    Of ranges that are known, two halves agree; where they differ by a part, a new sample will leave the range of all by
    about half that part. Only ranges of values that are computed count: those of inputs may be bounded by nature.
    """

    about = "whether there are enough samples"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        computed = [v for node in subject.graph.nodes for v in node.outputs]
        watched = [v for v in computed if v.dtype == DType.FLOAT32 and not v.is_variable]
        self._session = Session(subject.model, subject.graph, observe=watched)
        self._halves: tuple[dict[Value, Extent], dict[Value, Extent]] = ({}, {})
        self._seen = 0

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Runs a sample and widens the ranges of its half."""
        half = self._halves[self._seen % 2]
        names = self.subject.inputs
        self._session.run({p.name: arrays[n] for p, n in zip(self._session.inputs, names, strict=True)})
        self._session.visit(lambda value, array: half.setdefault(value, Extent()).see(array))
        self._seen += 1

    def findings(self) -> Iterator[Finding]:
        """Yields one finding for the whole network."""
        if 0 < self._seen < FEWEST:
            chance = 2 / (self._seen + 1)
            are, give = ("is", "it gives") if self._seen == 1 else ("are", "they give")
            text = f"there {are} {self._seen}: one more would lie outside about {chance:.0%} of the ranges {give}"
            yield self._finding(text, chance)
            return
        apart = {v: _apart(e, self._halves[1][v]) for v, e in self._halves[0].items() if v in self._halves[1]}
        known = {v: a for v, a in apart.items() if np.isfinite(a)}  # padding that saturates may be infinite
        if not known:
            return  # nothing was seen, or nothing is computed
        median, most = (float(np.quantile(list(known.values()), q)) for q in (0.5, 0.9))
        if median > APART or most > FAR_APART:
            worst = max(known, key=lambda v: known[v])
            yield self._finding(
                f"the ranges over two halves of the {self._seen} samples differ by {median:.0%} of their width in the "
                f"median of {len(known)} values, by {most:.0%} in a tenth of them; for '{worst.name}' by "
                f"{known[worst]:.0%}: {self._halves[0][worst]} and {self._halves[1][worst]}",
                median,
            )

    def _finding(self, text: str, apart: float) -> Finding:
        fix = "Give more samples, of all kinds the network will meet; 100 to 500 are usual"
        return Finding("W309", "", f"too few samples: {text}", fix, (), self._seen, {"apart": apart})


def _apart(one: Extent, other: Extent) -> float:
    """Returns the part of both ranges together that is not in each of them; 0 for equal ones, 1 for disjoint ones."""
    union = max(one.high, other.high) - min(one.low, other.low)
    common = min(one.high, other.high) - max(one.low, other.low)
    return 1 - max(common, 0.0) / union if union > 0 else 0.0
