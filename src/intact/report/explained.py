"""An explanation, for a terminal: parameters as a code generator reads them, and one number worked out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from rich.console import RenderableType

from intact.diagnose.explanation import Element, Explanation
from intact.report.ran import profile_line
from intact.report.terminal import number, shape, table

_FEW = 6
"""Channels and terms that are listed before the rest is folded."""


def explained_tables(found: Explanation, *, full: bool) -> Iterable[RenderableType]:
    """Yields what is to be known of an operator."""
    attributes = ", ".join(f"{k}={v}" for k, v in found.attributes.items())
    yield f"operator {found.index} {found.operator}" + (f" ({attributes})" if attributes else "")
    yield f"  {profile_line(found.profile)}"
    for rule in found.rules:
        yield f"  rule {rule.name}: {rule.source}"
    yield ""
    yield _operands(found)
    if found.parameters:
        yield ""
        yield table(
            "parameters",
            ("name", "value"),
            [(n.removeprefix("weighted."), _value(v, full=full)) for n, v in found.parameters.items() if _shown(v)],
        )
    bounds = found.accumulator
    if bounds is not None:
        proof = "int32 suffices" if bounds.fits_int32 else f"int32 overflows: {bounds.bits} bits are needed"
        yield ""
        yield (
            f"accumulator over all inputs: [{bounds.low}, {bounds.high}], widest in channel {bounds.channel}, "
            f"{bounds.bits} bits: {proof}"
        )
    if found.ranges:
        yield ""
        rows = [(stage, number(low, 10), number(high, 10)) for stage, (low, high) in found.ranges.items()]
        yield table("stages of this run", ("stage", "smallest", "largest"), rows, right=(1, 2))
    if found.element is not None:
        yield ""
        yield from _worked(found.element, found, full=full)


def _operands(found: Explanation) -> RenderableType:
    rows = []
    for name, value in (*found.operands.items(), *found.results.items()):
        rows.append(
            (
                name,
                str(value["tensor"]),
                value["name"],
                value["dtype"],
                shape(value["shape"]),
                _few(value["scale"]),
                _few(value["zero_point"]),
            )
        )
    return table(
        "operands and results", ("", "tensor", "name", "type", "shape", "scale", "zero point"), rows, right=(1,)
    )


def _worked(element: Element, found: Explanation, *, full: bool) -> Iterable[RenderableType]:
    yield f"element {list(element.at)} of {next(iter(found.results.values()))['name']}"
    zx, zw = element.input_zero_point, element.weight_zero_point
    if element.terms:
        listed = element.terms if full or len(element.terms) <= 2 * _FEW else element.terms[:_FEW]
        yield table(
            f"products: sum over {len(element.terms)} of (input - {zx}) * (weight - {zw})",
            ("input at", "input", "weight at", "weight", "product"),
            [
                (
                    str(list(t.input_at)),
                    str(t.input),
                    str(list(t.weight_at)),
                    str(t.weight),
                    str((t.input - zx) * (t.weight - zw)),
                )
                for t in listed
            ],
            right=(1, 3, 4),
        )
        if len(listed) < len(element.terms):
            rest = sum((t.input - zx) * (t.weight - zw) for t in element.terms[len(listed) :])
            yield f"  ... {len(element.terms) - len(listed)} more, which sum to {rest}"
        raw = sum(t.input * t.weight for t in element.terms)
        inputs, weights = sum(t.input for t in element.terms), sum(t.weight for t in element.terms)
        count = len(element.terms)
        yield (
            f"  the same with zero points taken out: {raw} (input * weight) - {zx} * {weights} (weights) "
            f"- {zw} * {inputs} (inputs) + {count} * {zx} * {zw} = {raw - zx * weights - zw * inputs + count * zx * zw}"
        )
    rows = [(stage, number(value, 12)) for stage, value in element.stages.items()]
    if element.bias is not None:
        place = next(i for i, (stage, _) in enumerate(rows) if stage == "accumulator")
        rows.insert(place, ("bias", str(element.bias)))
    rows += [("stored", number(element.stored, 12)), ("real", number(element.real, 9))]
    yield table("stages", ("stage", "value"), rows, right=(1,))


def _shown(value: Any) -> bool:
    """Weights are listed nowhere: they are in the model, and here as often as they were laid out anew."""
    return not (isinstance(value, np.ndarray) and value.ndim > 1)


def _value(value: Any, *, full: bool) -> str:
    if isinstance(value, np.ndarray):
        flat = value.reshape(-1)
        listed = flat if full else flat[:_FEW]
        text = " ".join(_one(v) for v in listed)
        return text + (f" ... ({flat.size})" if len(listed) < flat.size else "")
    return _one(value)


def _one(value: Any) -> str:
    return f"{float(value):.12g}" if isinstance(value, float | np.floating) else str(value)


def _few(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return f"{number(min(value))} to {number(max(value))} ({len(value)})"
    return number(value, 9)
