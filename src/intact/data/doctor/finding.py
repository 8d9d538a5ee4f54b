"""What the data doctor finds, and the codes it has for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from intact.errors import CODES, DataError, printable

WARNINGS: Final[dict[str, str]] = {
    "W301": "A sample is constant: all its numbers are equal.",
    "W302": "Samples are repeated.",
    "W303": "Values are far larger than the network expects, such as 0 to 255 in place of 0 to 1 or -1 to 1.",
    "W304": "Values are far smaller than the network expects, such as 0 to 1 in place of 0 to 255.",
    "W305": "Images lie in memory channels first where the input has channels last, or the reverse.",
    "W306": "Red and blue are swapped.",
    "W307": "Samples are random noise.",
    "W308": "Labels or row numbers are mixed into the samples.",
    "W309": "There are too few samples: the ranges of two halves of them disagree.",
    "W310": "Samples of different scales are mixed.",
    "W311": "Bytes are read as numbers of another type or byte order.",
    "W312": "An index lies outside the table it is looked up in.",
    "W313": "Numbers lie outside what a quantized input stores, or use next to nothing of it.",
}
"""What each code means. Codes are never reused; docs/errors.md is made from this table."""

MOST_NAMED: Final = 8
"""Samples that are named; of more, only how many there are is told."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with samples.

    Args:
        code: a key of WARNINGS, or of errors.CODES for what calibration refuses.
        input: name of the input; "" where it is about the samples as a whole.
        text: what it is, with figures.
        fix: the way out.
        samples: labels of the first MOST_NAMED samples it holds for; () where it holds for all of them together.
        count: samples it holds for.
        figures: the numbers of the text, by name.
    """

    code: str
    input: str
    text: str
    fix: str
    samples: tuple[str, ...] = ()
    count: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def refused(cls, faults: Iterable[DataError]) -> list[Finding]:
        """Returns what makes samples unusable: one finding for each rule, its text that of the first sample."""
        by_code: dict[str, list[DataError]] = {}
        for fault in faults:
            by_code.setdefault(fault.code, []).append(fault)
        found = []
        for code, some in by_code.items():
            problem = some[0].problem + (f"; expected {some[0].expected}" if some[0].expected else "")
            where = tuple(" ".join(fault.where) for fault in some[:MOST_NAMED])
            found.append(cls(code, "", problem, some[0].fix or "", where, len(some)))
        return found

    @property
    def severity(self) -> str:
        """Returns "refused" for what calibration stops at, "warning" for all else."""
        return "refused" if self.code in CODES else "warning"

    def as_dict(self) -> dict[str, Any]:
        """Returns the finding as data for JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "input": self.input,
            "text": self.text,
            "fix": self.fix,
            "samples": list(self.samples),
            "count": self.count,
            "figures": dict(self.figures),
        }

    @property
    def where(self) -> str:
        """Returns the input and the samples it is about."""
        more = self.count - len(self.samples)
        named = ", ".join(self.samples) + (f" and {more} more" if more > 0 and self.samples else "")
        return ": ".join(part for part in (named, f"input '{self.input}'" if self.input else "") if part)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        fix = f" {self.fix.rstrip('.')}." if self.fix else ""
        return printable(f"{place}{self.text.rstrip('.')}.{fix} [{self.code}]")
