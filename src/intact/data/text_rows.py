"""Rows of cells in a text file: where they are, and what is in one of them."""

from __future__ import annotations

import csv
from array import array
from dataclasses import dataclass
from pathlib import Path

from intact.errors import DataError
from intact.files import readable


@dataclass(frozen=True, eq=False)
class Text:
    """A file of rows of numbers.

    Args:
        path: the file.
        separator: between numbers; None for blanks.
        heads: of the columns; None where there are none.
        columns: numbers a row.
        rows: bytes before each row.
        lines: number of each row's line, for messages.
    """

    path: Path
    separator: str | None
    heads: tuple[str, ...] | None
    columns: int
    rows: array[int]
    lines: array[int]

    def cells(self, row: int, count: int = 1) -> list[str]:
        """Returns the cells of rows, one row after another.

        Raises:
            DataError: E306 where the file has changed since it was opened.
        """
        found: list[str] = []
        with self.path.open("rb") as stream:
            for index in range(row, row + count):
                stream.seek(self.rows[index])
                cells = _cells(stream.readline().decode("utf-8", "replace"), self.separator)
                if len(cells) != self.columns:
                    raise unreadable(self.path, "it has changed since it was opened")
                found += cells
        return found


def looks_like_numbers(path: Path) -> bool:
    """True where the first line of a text file that is not blank has nothing but numbers."""
    with readable(path).open("rb") as stream:
        for line in stream:
            text = line.decode("utf-8-sig", "replace").strip()
            if text:
                return all(is_number(cell) for cell in _cells(text, _separator(text)))
    return False


def read_rows(path: Path) -> Text:
    """Returns where the rows of a file are; every row has as many cells.

    Raises:
        DataError: E301, E306.
    """
    rows, lines = array("q"), array("q")
    separator, heads, columns, place = None, None, 0, 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            start, place = place, place + len(line)
            if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                start, line = 3, line[3:]  # noqa: PLW2901 - the mark of UTF-8 is no part of the text
            if not line.strip():
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as fault:
                raise unreadable(path, f"line {number} is not text in UTF-8") from fault
            if not columns:
                separator = _separator(text)
                cells = _cells(text, separator)
                columns = len(cells)
                if not any(is_number(cell) for cell in cells):
                    heads = tuple(cells)
                    continue
            count = _count(text, separator)
            if count != columns:
                raise unreadable(path, f"line {number} has {count} cells, those before have {columns}")
            rows.append(start)
            lines.append(number)
    if not rows:
        raise DataError("there are no samples: the file holds no rows of numbers", code="E301", where=str(path))
    return Text(path, separator, heads, columns, rows, lines)


def _separator(line: str) -> str | None:
    return next((s for s in (",", ";", "\t") if s in line), None)


def _cells(line: str, separator: str | None) -> list[str]:
    line = line.strip().removesuffix(separator or "").strip()
    if '"' in line:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator or " ", skipinitialspace=True))]
    return [cell.strip() for cell in line.split(separator)]


def _count(line: str, separator: str | None) -> int:
    """Returns how many cells a line has, without making them where it has no quotes."""
    if separator is None or '"' in line:
        return len(_cells(line, separator))
    return line.strip().removesuffix(separator).count(separator) + 1


def is_number(cell: str) -> bool:
    """Whether a cell is a number, NaN and infinity among them; Python alone takes 1_000 for one."""
    if "_" in cell:
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def unreadable(path: Path, why: str) -> DataError:
    """Returns the error for a file whose rows are no numbers."""
    return DataError(
        f"is not a file of numbers that can be read: {why}",
        code="E306",
        expected="rows of as many numbers each, a sample a row",
        where=str(path),
    )
