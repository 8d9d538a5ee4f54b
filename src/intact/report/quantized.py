"""The result of a quantization, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.diagnose.compare import Comparison
from intact.quantizer.report import Contract, Report
from intact.report.terminal import decibels, number, shape, size, table


def quantized_tables(
    report: Report, comparisons: Iterable[Comparison], before: int, after: int, path: str
) -> Iterable[RenderableType]:
    """Yields what a user wants to know of a new integer model."""
    yield f"{path}: {size(before)} -> {size(after)} ({before / max(after, 1):.2f} times smaller)"
    yield compute_line(report)
    for reason, count in report.reasons.items():
        yield f"  left in float: {reason}" + (f" ({count} times)" if count > 1 else "")
    for item in report.widened:
        yield (
            f"  weight scale of '{item.weight}' widened in {item.channels} channels, up to {item.factor:.3g} times, "
            "so that its bias fits int32"
        )
    for note in report.notes:
        yield f"  note: {note}"
    for comparison in comparisons:
        yield ""
        yield comparison_table(comparison)
    yield ""
    yield contract_table([*report.inputs, *report.outputs])


def compute_line(report: Report) -> str:
    """Returns the kind of compute in one line."""
    found = report.kind
    text = f"compute: {found.compute} ({found.integer} integer operators"
    return text + (f", {found.float} in float)" if found.float else ")")


def comparison_table(comparison: Comparison) -> RenderableType:
    """Returns the distance of two models, a row an output."""
    rows = []
    for output in comparison.outputs:
        m = output.measures
        if not m.is_number:
            rows.append((output.name, f"{m.equality:.2%} equal", "", "", ""))
            continue
        agreement = "" if m.agreement is None else f"{m.agreement:.2%}"
        rows.append((output.name, decibels(m.sqnr), f"{m.cosine:.6f}", f"{m.worst:.4g} ({m.worst_sample})", agreement))
    return table(
        f"{comparison.candidate} against {comparison.reference}, {comparison.samples} samples, "
        f"LiteRT {comparison.resolver} kernels",
        ("output", "SQNR", "cosine", "largest error", "top-1 agreement"),
        rows,
        right=(1, 2, 4),
    )


def contract_table(contracts: Iterable[Contract]) -> RenderableType:
    """Returns how reals become integers at the border: real = scale * (q - zero_point) = (q - mean) / std."""
    rows = [
        (
            c.role,
            c.name,
            c.dtype,
            shape(c.shape),
            number(c.scale, 9),
            number(c.zero_point),
            number(c.mean),
            number(c.std, 9),
            _formula(c),
        )
        for c in contracts
    ]
    return table(
        "input and output contract",
        ("", "name", "type", "shape", "scale", "zero point", "mean", "std", "q"),
        rows,
        right=(4, 5, 6, 7),
    )


def _formula(contract: Contract) -> str:
    if contract.scale is None:
        return "passed as it is"
    return f"clamp(round(real / scale) + zero_point, {contract.low}, {contract.high})"
