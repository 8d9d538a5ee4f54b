"""Looks at samples once, with every check that applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.data.doctor.bytes_ import Bytes
from intact.data.doctor.channels import Channels
from intact.data.doctor.check import Check, Subject
from intact.data.doctor.clipped import Clipped
from intact.data.doctor.constant import Constant
from intact.data.doctor.duplicates import Duplicates
from intact.data.doctor.finding import Finding
from intact.data.doctor.halves import Halves
from intact.data.doctor.indices import Indices
from intact.data.doctor.labels import Labels
from intact.data.doctor.mixed import Mixed
from intact.data.doctor.noise import Noise
from intact.data.doctor.order import Order
from intact.data.doctor.scale import Scale
from intact.data.samples import Samples
from intact.errors import DataError, EngineError, counted
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.port import Port
from intact.ir.stored import real, takes_reals
from intact.ir.types import Array

Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]

QUICK: Final[tuple[type[Check], ...]] = (
    Constant, Duplicates, Scale, Clipped, Order, Noise, Labels, Mixed, Bytes, Indices,
)  # fmt: skip
"""Checks that take little beside calibration: the first layer runs, on a few samples."""

THOROUGH: Final[tuple[type[Check], ...]] = (*QUICK, Channels, Halves)
"""All checks; the last run the whole float network on the samples."""


CAUSES: Final = {
    "W303": ("W308", "W310", "W311"),
    "W304": ("W310", "W311"),
    "W306": ("W303", "W304", "W305", "W307", "W310", "W311"),
    "W309": ("W310", "W311"),
}
"""What is not told beside something that explains it: one sample out of scale makes ranges disagree, and a network that
is fed in the wrong scale or order is sure of nothing."""


NOT_OPEN: Final = "the samples do not open, so their numbers were not looked at"


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor says of samples.

    Args:
        samples: how many were seen; 0 where they do not open.
        findings: what is wrong, refused ones first.
        notes: what could not be told, and why.
    """

    samples: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        found = counted(len(self.findings), "finding") if self.findings else "nothing found"
        told = [f"{finding.severity}: {finding}" for finding in self.findings]
        of = counted(self.samples, "sample") if self.samples else NOT_OPEN
        return "\n".join([f"{of}: {found}", *told, *(f"note: {n}" for n in self.notes)])

    def as_dict(self) -> dict[str, Any]:
        """Returns the diagnosis as data for JSON."""
        return {
            "samples": self.samples,
            "findings": [finding.as_dict() for finding in self.findings],
            "notes": list(self.notes),
        }


def examine(
    model: Model,
    graph: Graph,
    samples: Samples,
    checks: Sequence[type[Check]] = QUICK,
    *,
    refuses: bool = False,
    progress: Progress | None = None,
) -> Diagnosis:
    """Returns what is wrong with samples for a graph of a model.

    One pass; besides 16 bytes of each sample, memory does not grow with their number.

    Args:
        checks: which to make. Of one that LiteRT fails in, the notes say so.
        refuses: raise what is wrong with the first sample that is refused, rather than list all of them.
        progress: wraps the indices of the samples to show how far the work is.
    Raises:
        DataError: E303, E304, E306 with `refuses`.
    """
    subject = Subject(model, graph, samples.ports, len(samples))
    notes: list[str] = []
    made: list[Check] = []
    for check in checks:
        try:
            made.append(check(subject))
        except EngineError as fault:
            notes.append(_untold(check, fault))
    refused: list[DataError] = []
    indices = range(len(samples))
    with np.errstate(all="ignore"):  # numbers may be of any size, and what becomes of them is compared, not trusted
        for index in progress(indices, len(indices), "check") if progress else indices:
            try:
                sample = samples[index]
            except DataError as fault:
                if refuses:
                    raise
                refused.append(fault)
                continue
            arrays = {port.name: _real(samples, index, port, sample.arrays[port.name]) for port in samples.ports}
            for each in tuple(made):
                try:
                    each.see(sample.label, arrays)
                except EngineError as fault:
                    made.remove(each)
                    notes.append(_untold(type(each), fault))
        findings = Finding.refused(refused)
        findings += _causes([finding for each in made for finding in each.findings()])
    notes += [note for each in made for note in each.notes()]
    return Diagnosis(len(samples), tuple(findings), tuple(dict.fromkeys(notes)))


def _real(samples: Samples, index: int, port: Port, stored: Array) -> Array:
    """Returns what a sample says of an input; for a quantized one the real numbers, before they were cut off."""
    if not takes_reals(port.type):
        return stored
    given = samples.given(index, port)
    return real(stored, port.type) if given.dtype == stored.dtype else given.astype(np.float32)


def _causes(findings: list[Finding]) -> list[Finding]:
    """Leaves out what only follows of something else that was found for the input, or for any of them."""
    found = {(f.code, f.input) for f in findings} | {(f.code, "") for f in findings}
    return [f for f in findings if not any((cause, f.input) in found for cause in CAUSES.get(f.code, ()))]


def _untold(check: type[Check], fault: EngineError) -> str:
    return f"{check.about} cannot be told: {fault.problem}"
