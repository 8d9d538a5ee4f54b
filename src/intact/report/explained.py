"""An explanation, for a terminal: parameters as a code generator reads them, and one number worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from rich.console import RenderableType

from intact.diagnose.explanation import Element, Explanation
from intact.ir.term import Term
from intact.report.ran import profile_line
from intact.report.terminal import number, shape, short, table

_FEW = 6
"""Channels and terms that are listed before the rest is folded."""


def explained_tables(found: Explanation, *, full: bool) -> Iterable[RenderableType]:
    """Yields what is to be known of an operator."""
    attributes = ", ".join(f"{k}={v}" for k, v in found.attributes.items())
    place = f" of graph {found.graph}" if found.graph else ""
    yield f"operator {found.index}{place} {found.operator}" + (f" ({attributes})" if attributes else "")
    yield f"  {profile_line(found.profile)}"
    for rule in found.rules:
        yield f"  rule {rule.name}: {rule.source}"
    yield ""
    yield _operands(found, full=full)
    if found.parameters:
        yield ""
        yield table(
            "parameters",
            ("name", "value"),
            [(n.removeprefix("weighted."), _value(v, full=full)) for n, v in found.parameters.items() if _shown(v)],
        )
    bounds = found.accumulator
    if bounds is not None:
        proof = "int32 suffices"
        if not bounds.fits_int32:
            proof = f"int32 overflows in {bounds.widest}: {bounds.bits} bits are needed"
        yield ""
        where = "" if bounds.channel is None else f", widest in channel {bounds.channel}"
        yield f"accumulator over all inputs: [{bounds.low}, {bounds.high}]{where}, {bounds.bits} bits: {proof}"
    if found.ranges:
        yield ""
        rows = [(stage, number(low, 10), number(high, 10)) for stage, (low, high) in found.ranges.items()]
        yield table("stages of this run", ("stage", "smallest", "largest"), rows, right=(1, 2))
    if found.element is not None:
        yield ""
        yield from _worked(found.element, found, full=full)


def _operands(found: Explanation, *, full: bool) -> RenderableType:
    rows = []
    for name, value in (*found.operands.items(), *found.results.items()):
        rows.append(
            (
                name,
                str(value["tensor"]),
                value["name"] if full else short(value["name"]),
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
    if element.terms:
        yield from _sum(element.terms, full=full)
    rows = [(stage, _one(value)) for stage, value in element.stages.items()]
    if element.bias is not None:
        place = next(i for i, (stage, _) in enumerate(rows) if stage == "accumulator")
        rows.insert(place, ("bias", str(element.bias)))
    rows += [("stored", _one(element.stored)), ("real", number(element.real, 9))]
    yield table("stages", ("stage", "value"), rows, right=(1,))


def _sum(terms: Sequence[Term], *, full: bool) -> Iterable[RenderableType]:
    listed = terms if full or len(terms) <= 2 * _FEW else terms[:_FEW]
    zeros = {(t.input_zero_point, t.weight_zero_point) for t in terms}
    rounded, count = any(t.rounded is not None for t in terms), len(terms)
    zx, zw = next(iter(zeros)) if len(zeros) == 1 else (0, 0)
    weighted = any(t.weight_at for t in terms)
    form = f"(input - ({zx})) * (weight - ({zw}))" if len(zeros) == 1 else "(input - its zero point) * weight"
    yield table(
        f"{'products: ' if weighted else ''}sum over {count} of {form}"
        + (", at a common scale and rounded" if rounded else ""),
        ("input at", "input", "weight at", "weight", "term"),
        [
            (
                f"{t.operand} {list(t.input_at)}".strip(),
                str(t.input) if len(zeros) == 1 else f"{t.input} - {t.input_zero_point}",
                str(list(t.weight_at)) if t.weight_at else "",
                str(t.weight),
                str(t.value),
            )
            for t in listed
        ],
        right=(1, 3, 4),
    )
    if len(listed) < count:
        yield f"  ... {count - len(listed)} more, which sum to {sum(t.value for t in terms[len(listed) :])}"
    if len(zeros) == 1 and not rounded and count > 1:
        raw = sum(t.input * t.weight for t in terms)
        inputs, weights = sum(t.input for t in terms), sum(t.weight for t in terms)
        total = raw - zx * weights - zw * inputs + count * zx * zw
        yield (
            f"  the same with zero points taken out: {raw} (input * weight) - ({zx}) * {weights} (weights) "
            f"- ({zw}) * {inputs} (inputs) + {count} * ({zx}) * ({zw}) = {total}"
        )


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
    if isinstance(value, np.float32):
        return f"{float(value):.9g}"
    if isinstance(value, tuple):
        return " ".join(map(_one, value))
    return repr(float(value)) if isinstance(value, float | np.floating) else str(value)  # a double, all of it


def _few(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return f"{number(min(value))} to {number(max(value))} ({len(value)})"
    return number(value, 9)
