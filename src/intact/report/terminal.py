"""How tables and numbers look on a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from intact.errors import printable


def console() -> Console:
    """A console on stdout that neither highlights nor reads markup in names.

    It is as wide as the terminal. What goes into a file or a pipe is wider than any table: one line a row.
    """
    width = None if sys.stdout.isatty() else _WIDEST
    return _Console(highlight=False, markup=False, emoji=False, width=width)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - rich calls this while it handles the error, and would itself exit with status 1


_WIDEST: Final = 10_000

_FLOORS: Final = (8, 5)
"""Widths below which a column of words is not folded: as long as others can be, and as long as numbers stay whole."""

_LEAST: Final = 3
"""Width below which no column is folded; a terminal for which that is too wide shows what it can."""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> Group:
    """Returns a plain table under its title; the columns whose positions are in `right` hold numbers.

    On a terminal that is too narrow for it, columns without contents are left out and long texts folded, numbers last.
    """
    made = [
        _Column(printable(name), tuple(cells), index in right)
        for index, (name, cells) in enumerate(zip(columns, _transposed(rows, len(columns)), strict=True))
    ]
    return Group(Text(printable(title), style="bold"), _Fitting(made))


def _transposed(rows: Iterable[Sequence[str]], columns: int) -> list[list[str]]:
    cells: list[list[str]] = [[] for _ in range(columns)]
    for row in rows:
        for column, text in zip(cells, row, strict=True):
            column.append(printable(text))
    return cells


@dataclass(frozen=True)
class _Column:
    name: str
    cells: tuple[str, ...]
    is_number: bool

    @property
    def width(self) -> int:
        """Cells of a terminal that it takes unfolded."""
        return max(map(cell_len, (self.name, *self.cells)), default=0)

    def floor(self, words: int) -> int:
        """Returns below how many cells it is hard to read: a number broken in two, or less than so many of words."""
        if self.is_number:
            return max(map(cell_len, (*self.name.split(), *self.cells)), default=0)
        return min(self.width, words)


@dataclass(frozen=True)
class _Fitting:
    """A table as wide as there is room for."""

    columns: list[_Column]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yields the table with the width of each column given."""
        columns = self.columns
        folds = sum(c.width for c in columns) + 2 * (len(columns) - 1) > options.max_width
        if folds:
            columns = [c for c in columns if any(c.cells)] or columns
        gap = 1 if folds else 2
        widths = _widths(columns, options.max_width - gap * (len(columns) - 1))
        result = Table(box=None, pad_edge=False, collapse_padding=folds)
        for column, width in zip(columns, widths, strict=True):
            result.add_column(
                column.name,
                justify="right" if column.is_number else "left",
                no_wrap=not folds,
                overflow="fold",
                width=width,
            )
        for row in zip(*(c.cells for c in columns), strict=True):
            result.add_row(*row)
        yield result


def _widths(columns: Sequence[_Column], room: int) -> list[int]:
    """Returns widths that fit into the room, each time taking from the widest that may give; at last from any."""
    widths = [c.width for c in columns]
    for floors in (*([c.floor(words) for c in columns] for words in _FLOORS), [_LEAST] * len(columns)):
        while sum(widths) > room:
            able = [i for i, (width, floor) in enumerate(zip(widths, floors, strict=True)) if width > floor]
            if not able:
                break
            widths[max(able, key=lambda i: widths[i])] -= 1
    return widths


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


def short(name: str, length: int = 40) -> str:
    """Returns a name with its middle left out where it is long: converters join the names of all that they fused."""
    if len(name) <= length:
        return name
    head = length // 2 - 1
    return f"{name[:head]}...{name[head + 3 - length :]}"


def decibels(value: float) -> str:
    """Returns a ratio in dB."""
    return "identical" if value == math.inf else f"{value:.2f} dB"


def shape(sizes: Sequence[int] | None) -> str:
    """Returns a shape as 1x32x32x3, ? for a dynamic dimension."""
    if sizes is None:
        return "?"
    return "x".join("?" if s < 0 else str(s) for s in sizes) or "scalar"
