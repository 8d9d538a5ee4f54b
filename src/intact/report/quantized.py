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
    change = f"{before / after:.2f} times smaller" if after <= before else f"{after / before:.2f} times larger"
    yield f"{path}: {size(before)} -> {size(after)} ({change})"
    yield from str(report).replace("\n", "\n  ").splitlines()
    for comparison in comparisons:
        yield ""
        yield comparison_table(comparison)
    yield ""
    yield contract_table([*report.inputs, *report.outputs])


def comparison_table(comparison: Comparison) -> RenderableType:
    """Returns the distance of two models, a row an output."""
    rows = []
    for output in comparison.outputs:
        m = output.measures
        if not m.is_number:
            rows.append((output.name, f"{m.equality:.2%} equal", "", "", ""))
            continue
        if m.broken:
            rows.append((output.name, f"{m.broken} elements not finite", "", "", ""))
            continue
        agreement = "" if m.agreement is None else f"{m.agreement:.2%}"
        rows.append((output.name, decibels(m.sqnr), f"{m.cosine:.6f}", f"{m.worst:.4g} ({m.worst_sample})", agreement))
    return table(
        f"{comparison.candidate} against {comparison.reference}, "
        + (f"signature {comparison.signature}, " if comparison.signature else "")
        + f"{comparison.samples} samples, "
        f"LiteRT {comparison.resolver} kernels",
        ("output", "SQNR", "cosine", "largest error", "top-1 agreement"),
        rows,
        right=(1, 2, 4),
    )


def contract_table(contracts: Iterable[Contract]) -> RenderableType:
    """Returns how reals become integers at the border and back."""
    contracts = list(contracts)
    several = len({c.signature for c in contracts}) > 1
    rows = [
        (
            c.role,
            f"{c.signature}: {c.name}" if several else c.name,
            c.dtype,
            shape(c.shape),
            number(c.scale, 9),
            number(c.zero_point),
            number(c.mean),
            number(c.std),
            "" if c.low is None else f"{c.low}..{c.high}",
            _where(c),
        )
        for c in contracts
    ]
    return table(
        "input and output contract: q = clamp(round(real / scale) + zero_point); real = scale * (q - zero_point) "
        "= (q - mean) / std",
        ("", "name", "type", "shape", "scale", "zero point", "mean", "std", "q", "converted"),
        rows,
        right=(4, 5, 6, 7, 8),
    )


def _where(contract: Contract) -> str:
    if contract.scale is None:
        return "nowhere: it stays as it is"
    return "inside the file" if contract.dtype == "float32" else "by the caller"
