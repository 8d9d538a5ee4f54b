"""One product of an operator's sum, as `explain` writes it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A product of an input and a weight, both as stored, and where they are.

    What falls on padding is no term: it adds nothing once zero points are taken away.
    """

    input_at: tuple[int, ...]
    input: int
    weight_at: tuple[int, ...]
    weight: int
