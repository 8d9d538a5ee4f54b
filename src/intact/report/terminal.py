"""How tables and numbers look on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from intact.errors import printable


def console() -> Console:
    """A console on stdout that neither highlights nor reads markup in names.

    It is wider than any table: a line that the terminal wraps reads better than a number broken in two.
    """
    return _Console(highlight=False, markup=False, emoji=False, width=_WIDEST)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - rich calls this while it handles the error, and would itself exit with status 1


_WIDEST: Final = 10_000


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> Group:
    """Returns a plain table under its title; the columns whose positions are in `right` hold numbers."""
    result = Table(box=None, pad_edge=False)
    for index, name in enumerate(columns):
        result.add_column(name, justify="right" if index in right else "left", no_wrap=True)
    for row in rows:
        result.add_row(*map(printable, row))
    return Group(Text(printable(title), style="bold"), result)


def size(count: int) -> str:
    """Returns bytes in the unit that suits them."""
    number = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{count} bytes" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    return ""


def number(value: float | None, digits: int = 6) -> str:
    """Returns a number with so many significant digits; nothing for None."""
    if value is None:
        return ""
    return f"{value:.{digits}g}"


def decibels(value: float) -> str:
    """Returns a ratio in dB."""
    return "identical" if value == math.inf else f"{value:.2f} dB"


def shape(sizes: Sequence[int] | None) -> str:
    """Returns a shape as 1x32x32x3, ? for a dynamic dimension."""
    if sizes is None:
        return "?"
    return "x".join("?" if s < 0 else str(s) for s in sizes) or "scalar"
