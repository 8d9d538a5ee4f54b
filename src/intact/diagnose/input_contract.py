"""What is known of the numbers at a model's border, and how samples agree with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from intact.diagnose.agreement import Seen
from intact.diagnose.wanted import Wanted
from intact.errors import printable
from intact.quantizer.report import Contract


@dataclass(frozen=True)
class Side:
    """One input or output.

    Args:
        contract: its scale and zero point.
        described: how pixels or sounds become its numbers, and who says so; None where nobody does.
        wanted: what a mean, a standard deviation and a range ask for; None where nobody gives any.
        difference: how its scale and zero point differ from those, in words; None where they agree or one is missing.
        seen: what samples hold for it, and whether that agrees with the scale and zero point and with what is wanted.
        read_by: what of the file itself images among the samples were read by, which they then do not check; None for
            other samples, and where the user says how they are read.
    """

    contract: Contract
    described: tuple[str, str] | None = None
    wanted: Wanted | None = None
    difference: str | None = None
    seen: Seen | None = None
    read_by: str | None = None

    @property
    def real(self) -> tuple[float, float] | None:
        """Smallest and largest real number that the integers stand for; None for an input that stays float."""
        c = self.contract
        if c.scale is None or c.zero_point is None or c.low is None or c.high is None:
            return None
        return c.scale * (c.low - c.zero_point), c.scale * (c.high - c.zero_point)

    def __str__(self) -> str:
        return "\n  ".join(map(printable, [f"{self.contract.role} '{self.contract.name}'", *self._lines()]))

    def _lines(self) -> Iterable[str]:
        c = self.contract
        if self.described is not None:
            yield f"{self.described[0]} ({self.described[1]})"
        if self.real is None or c.scale is None or c.low is None or c.high is None or c.zero_point is None:
            yield "stays float: it has no scale and zero point"
        else:
            low, high = self.real
            ends = f"from {low:.6g} at q = {c.low} to {high:.6g} at q = {c.high}"
            yield f"real = {c.scale:.9g} * (q - {c.zero_point}): {ends}"
            yield f"as mean and std: mean = zero_point = {c.zero_point}, std = 1 / scale = {c.std:.6g}"
            if c.high - c.low == 255 and c.role == "input" and c.low != 0:
                mean = f"zero_point + {-c.low} = {c.zero_point - c.low}"
                yield f"for pixels x = q + {-c.low}, 0 to 255: mean = {mean}, the same std"
        if self.wanted is not None:
            yield f"from {self.wanted.origin}, as {self.wanted.dtype.value}:"
            yield from (f"  {step}" for step in self.wanted.steps)
            if self.difference is not None:
                yield f"they differ: {self.difference}"
            elif self.real is not None:
                yield "they agree: both ends within a step and a half"
        if self.seen is not None:
            yield f"samples are in [{self.seen.low:.6g}, {self.seen.high:.6g}]"
            yield from (str(one) for one in self.seen.agreements)
        if self.read_by is not None:
            yield (
                f"the samples were read by {self.read_by}, so they do not check it: "
                "give mean and std as they were for training"
            )

    def as_dict(self) -> dict[str, Any]:
        """The side as plain data."""
        low, high = self.real or (None, None)
        return {
            **self.contract.as_dict(),
            "real_min": low,
            "real_max": high,
            "described": None if self.described is None else {"text": self.described[0], "origin": self.described[1]},
            "wanted": None if self.wanted is None else self.wanted.as_dict(),
            "difference": self.difference,
            "seen": None if self.seen is None else {"min": self.seen.low, "max": self.seen.high},
            "read_by": self.read_by,
            "agreements": [] if self.seen is None else [a.as_dict() for a in self.seen.agreements],
        }


@dataclass(frozen=True)
class InputContract:
    """The contract of a model.

    Args:
        inputs, outputs: in order.
        samples: how many were looked at.
        notes: how they were taken, and what could not be used.
    """

    inputs: list[Side]
    outputs: list[Side]
    samples: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """False where samples disagree with the scale and zero point of an input."""
        return all(a.holds for side in self.inputs if side.seen for a in side.seen.agreements if a.of_file)

    def __str__(self) -> str:
        return "\n".join([*map(str, (*self.inputs, *self.outputs)), *(f"note: {note}" for note in self.notes)])

    def as_dict(self) -> dict[str, Any]:
        """The contract as plain data."""
        return {
            "inputs": [s.as_dict() for s in self.inputs],
            "outputs": [s.as_dict() for s in self.outputs],
            "samples": self.samples,
            "holds": self.holds,
            "notes": list(self.notes),
        }
