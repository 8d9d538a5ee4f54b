"""The input and output contract, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.diagnose.input_contract import InputContract
from intact.report.quantized import contract_table


def contract_tables(found: InputContract) -> Iterable[RenderableType]:
    """Yields the table of all inputs and outputs, and for each the formula with its numbers."""
    yield contract_table([side.contract for side in (*found.inputs, *found.outputs)])
    for side in (*found.inputs, *found.outputs):
        yield ""
        yield from str(side).splitlines()
