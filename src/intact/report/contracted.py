"""The input and output contract, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.diagnose.contract import InputContract, Side
from intact.report.quantized import contract_table


def contract_tables(found: InputContract) -> Iterable[RenderableType]:
    """Yields the table of all inputs and outputs, and for each the formula with its numbers."""
    yield contract_table([side.contract for side in (*found.inputs, *found.outputs)])
    for side in (*found.inputs, *found.outputs):
        yield ""
        yield from _told(side)


def _told(side: Side) -> Iterable[str]:
    c = side.contract
    yield f"{c.role} '{c.name}'"
    if side.described is not None:
        yield f"  {side.described[0]} ({side.described[1]})"
    if side.real is None or c.scale is None or c.low is None or c.high is None or c.zero_point is None:
        yield "  stays float: it has no scale and zero point"
    else:
        low, high = side.real
        ends = f"from {low:.6g} at q = {c.low} to {high:.6g} at q = {c.high}"
        yield f"  real = {c.scale:.9g} * (q - {c.zero_point}): {ends}"
        yield f"  as mean and std: mean = zero_point = {c.zero_point}, std = 1 / scale = {c.std:.6g}"
        if c.high - c.low == 255 and c.role == "input" and c.low != 0:
            mean = f"zero_point + {-c.low} = {c.zero_point - c.low}"
            yield f"  for pixels x = q + {-c.low}, 0 to 255: mean = {mean}, the same std"
    if side.wanted is not None:
        yield f"  from {side.wanted.origin}, as {side.wanted.dtype.value}:"
        yield from (f"    {step}" for step in side.wanted.steps)
        if side.difference is not None:
            yield f"  they differ: {side.difference}"
        elif side.real is not None:
            yield "  they agree: both ends within a step and a half"
    if side.seen is not None:
        yield f"  samples are in [{side.seen.low:.6g}, {side.seen.high:.6g}]"
        yield from (f"  {one}" for one in side.seen.agreements)
