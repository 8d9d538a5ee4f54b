"""What a comparison means, where it means trouble."""

from __future__ import annotations

import math
from collections.abc import Iterable

from intact.diagnose.compare import Comparison
from intact.diagnose.metrics import EQUAL_ENOUGH

LOW = 20.0
"""SQNR in dB below which 8-bit models are rarely of use: an error of a tenth of the signal."""

FEW = 20
"""Held-back samples below which a share of them says little."""


def verdicts(comparisons: Iterable[Comparison]) -> list[str]:
    """Returns a sentence for each thing a user should not overlook in a comparison."""
    said = []
    for comparison in comparisons:
        if comparison.samples < FEW:
            one = "1 sample was" if comparison.samples == 1 else f"{comparison.samples} samples were"
            said.append(f"{one} compared, which is few; give more for a judgement")
        for output in comparison.outputs:
            m = output.measures
            if not m.elements or not m.is_below(LOW):
                continue
            found = f"has {m.sqnr:.1f} dB" if m.is_number else f"agrees in {m.equality:.1%} of its elements"
            said.append(
                f"output '{output.name}' {found}, which is low: the samples may not be what the model was trained on, "
                "or 8 bits are not enough for some operator"
            )
    return list(dict.fromkeys(said))


def shortfalls(comparison: Comparison, decibels: float) -> dict[str, str]:
    """Returns a sentence for each output that stays below so many dB, by the output's name."""
    said = {}
    for output in comparison.outputs:
        m = output.measures
        if not m.is_below(decibels):
            continue
        if not m.is_number:
            found = f"agrees in {m.equality:.1%} of its elements, less than the {EQUAL_ENOUGH:.0%} that are asked for"
        elif m.broken:
            found = f"has {m.broken} elements that are not finite"
        elif math.isnan(m.sqnr):
            found = "has no finite number to measure"
        else:
            found = f"has {m.sqnr:.2f} dB, less than the {decibels:g} dB that are asked for"
        said[output.name] = f"output '{output.name}' {found}"
    return said
