"""What the data doctor finds, and the codes it has for it."""

from __future__ import annotations

from collections.abc import Mapping
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
    def refused(cls, fault: DataError) -> Finding:
        """Returns the finding of what makes samples unusable."""
        problem = fault.problem + (f"; expected {fault.expected}" if fault.expected else "")
        return cls(fault.code, "", problem, fault.fix or "", tuple(fault.where), 1)

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
