"""What the differences of a wrong result look like, and at which stage a departure would give such."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from intact.diagnose.attempt import Attempt
from intact.ir.types import Array

_LEAST = 3
"""Numbers that a slope is taken from."""


def likely_stage(attempt: Attempt, given: Array, possible: Collection[str]) -> tuple[str, str, str]:
    """Returns a stage, how sure it is ("likely" or "possible"), and what the differences look like, in words.

    Args:
        given: the wrong result.
        possible: stages that may be named; "clamped" among them.
    """
    expected, ends = attempt.stages["clamped"].astype(np.float64), attempt.ends
    limits = attempt.node.outputs[0].dtype.limits if ends is None else (ends.low, ends.high)
    zero = 0 if ends is None else ends.zero_point
    found = np.asarray(given, np.float64)

    def named(text: str, sure: str, *stages: str) -> tuple[str, str, str]:
        return next((s for s in stages if s in possible), "clamped"), sure, text

    if not np.all(np.isfinite(found)):
        return named("numbers are not finite", "possible", "multiplied", "shifted")
    if np.any(found != np.rint(found)):
        return named("numbers are not whole, so they were not rounded", "likely", "shifted")
    inside = (expected > limits[0]) & (expected < limits[1]) & (found > limits[0]) & (found < limits[1])
    difference = found - expected
    if not np.any(difference[inside]):
        return named("only numbers at or beyond the limits of the clamp differ", "likely", "clamped")
    if found.min() < found.max() and np.array_equal(found, np.clip(expected, found.min(), found.max())):
        return named("numbers are right up to other limits of the clamp", "likely", "clamped")
    steps = np.unique(difference[inside])
    if steps.size == 1 and np.count_nonzero(inside) > 1:
        return named(f"all differ by {steps[0]:g}", "likely", "offset", "shifted")
    if np.abs(difference[inside]).max() <= 1:
        return named("none differs by more than 1, as another rounding gives", "likely", "shifted", "multiplied")
    slope = _slope(expected[inside] - zero, found[inside] - zero)
    if slope is not None:
        text = f"without the zero point numbers are about {slope:.4g} of what they should be"
        return named(text, "likely", "multiplied", "shifted")
    return _by_channel(expected - zero, found - zero, inside, named)


def _by_channel(
    expected: Array, found: Array, inside: Array, named: Callable[..., tuple[str, str, str]]
) -> tuple[str, str, str]:
    channels = expected.shape[-1] if expected.ndim else 1
    rows = [a.reshape(-1, channels) for a in (expected, found, inside)]
    kept = [(x[i], y[i]) for x, y, i in zip(*(r.T for r in rows), strict=True)]
    if all(np.ptp(y - x) <= 1 for x, y in kept if x.size) and any(x.size > 1 for x, _ in kept):
        text = "within each channel numbers differ by a constant, as another bias gives"
        return named(text, "likely", "accumulator", "offset")
    slopes = [_slope(x, y) for x, y in kept if x.size >= _LEAST]
    if slopes and all(s is not None for s in slopes):
        text = "within each channel numbers are a multiple of what they should be, as another scale gives"
        return named(text, "likely", "multiplied", "shifted")
    wrong = [bool(np.any(x != y)) for x, y, _ in zip(*(r.T for r in rows), strict=True)]
    right = sum(x.size > 0 and not w for (x, _), w in zip(kept, wrong, strict=True))
    if right > sum(wrong):
        text = f"{sum(wrong)} of {channels} channels differ, as another bias, scale or filter of theirs gives"
        return named(text, "possible", "accumulator", "multiplied", "products")
    return named(
        "the differences have no pattern, as wrong inputs, weights or places of theirs give",
        "possible",
        "products",
        "input offset",
        "accumulator",
    )


def _slope(expected: Array, found: Array) -> float | None:
    """Returns k where found is about k * expected, up to a rounding; None where there is no such k."""
    square = float(expected @ expected)
    if expected.size < _LEAST or square == 0:
        return None
    slope = float(expected @ found) / square
    # Rounding errs by a half on both sides.
    near = np.abs(found - slope * expected).max() <= 0.5 + 0.5 * abs(slope) + 0.01 * abs(slope)
    return slope if near and slope != 1 else None
