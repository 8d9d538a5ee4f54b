"""One term of an operator's sum, as `explain` writes it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A product of an input and a weight, both as stored, and where they are.

    What falls on padding is no term: it adds nothing once zero points are taken away.

    Args:
        input_at, input: where it is, and its code.
        weight_at, weight: likewise; a plain sum has a weight of 1 at (), a sum at a common scale an integer multiplier.
        input_zero_point, weight_zero_point: what the codes hold that the product does not.
        operand: name of the operand that the input is of, where terms are of several.
        rounded: what the term adds to the sum where that is not the product itself but the product scaled and rounded.
    """

    input_at: tuple[int, ...]
    input: int
    weight_at: tuple[int, ...]
    weight: int
    input_zero_point: int = 0
    weight_zero_point: int = 0
    operand: str = ""
    rounded: int | None = None

    @property
    def value(self) -> int:
        """What the term adds to the sum."""
        if self.rounded is not None:
            return self.rounded
        return (self.input - self.input_zero_point) * (self.weight - self.weight_zero_point)
