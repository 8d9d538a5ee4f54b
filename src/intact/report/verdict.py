"""What a comparison means, where it means trouble."""

from __future__ import annotations

import math
from collections.abc import Iterable

from intact.diagnose.compare import Comparison
from intact.diagnose.metrics import EQUAL_ENOUGH
from intact.quantizer.recipe import Recipe
from intact.quantizer.report import Report
from intact.quantizer.treatment import Treatment

LOW = 20.0
"""SQNR in dB below which models are rarely of use: an error of a tenth of the signal."""

FEW = 20
"""Held-back samples below which a share of them says little."""


APART = 16.0
"""Times that one channel may reach as far as another, with one scale for both, before it is held for the cause of a low
SQNR: the smaller one then has four bits less."""


def verdicts(comparisons: Iterable[Comparison], recipe: Recipe, report: Report) -> list[str]:
    """Returns a sentence for each thing a user should not overlook in comparisons of what a recipe made."""
    said: list[str] = []
    low: dict[str, None] = {}
    for comparison in comparisons:
        if comparison.samples < FEW:
            one = "1 sample was" if comparison.samples == 1 else f"{comparison.samples} samples were"
            said.append(f"{one} compared, which is few; give more for a judgement")
        for output in comparison.outputs:
            m = output.measures
            if not m.elements or not m.is_below(LOW):
                continue
            found = f"has {m.sqnr:.1f} dB" if m.is_number else f"agrees in {m.equality:.1%} of its elements"
            low[f"'{output.name}' {found}"] = None
    if low:
        said.append(f"output {', '.join(low)}, which is low: {_cause(recipe, report)}")
    return list(dict.fromkeys(said))


def _cause(recipe: Recipe, report: Report) -> str:
    """Returns what makes results of a recipe as far from the float model as they are, as far as that is known."""
    worst = max(report.uneven, key=lambda item: item.ratio, default=None)
    if worst is not None and worst.ratio > APART:
        return (
            f"likely because weights have one scale for all channels; those of {worst.op} '{worst.output}' reach from "
            f"{worst.smallest:.3g} to {worst.largest:.3g}, {worst.ratio:.3g} times as far, which leaves the smaller "
            "ones few steps or none; recipe int8 has a scale a channel"
        )
    short = dict.fromkeys(_short(treatment) for treatment in recipe.treatments if treatment.kind != "float")
    return ", or ".join(["the samples may not be what the model was trained on", *short])


def _short(treatment: Treatment) -> str:
    """Returns what of a kind of quantization may be too coarse."""
    if treatment.kind == "float16":
        return "float16 is not enough for some constant"
    stored = f"{treatment.weight.bits} bits are not enough for some"
    return f"{stored} {'weight' if treatment.kind in ('weight-only', 'int16x8') else 'operator'}"


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
