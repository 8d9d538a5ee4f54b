"""Numbers in a text file, comma-separated or by tabs, semicolons or blanks, with or without a header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from intact.data.match import LABELS, listed, names_of
from intact.data.stored import Rows, Stored
from intact.data.text_rows import Text, is_number, read_rows, unreadable
from intact.errors import DataError
from intact.files import readable
from intact.ir.port import Port
from intact.ir.stored import takes_reals
from intact.ir.types import Array, Shape

SUFFIXES: Final = frozenset({".csv", ".tsv"})
_INDEXED: Final = re.compile(r"[\[(._ -]?[\d, ]+[\])]?")
"""What may follow an input's name in the head of one of its columns."""


@dataclass(frozen=True, eq=False)
class InText:
    """The array of one input in a file of rows.

    Args:
        text: the file.
        columns: those of the input; None for all.
        whole: True where all rows make one sample, False where each row is one.
        shape: sizes.
        dtype: float64, or the input's own integers.
    """

    text: Text
    columns: tuple[int, ...] | None
    whole: bool
    shape: Shape
    dtype: np.dtype[Any]

    def open(self) -> Rows:
        """Returns a reader.

        Raises:
            DataError: E306 for what is no number, naming the line.
        """

        def read(row: int | None) -> Array:
            if self.whole:
                found = self._numbers(0, len(self.text.rows)).reshape(self.shape)
                return found if row is None else found[row]
            if row is None:
                return np.stack([read(index) for index in range(len(self.text.rows))])
            return self._numbers(row).reshape(self.shape[1:])

        return read

    def _numbers(self, row: int, count: int = 1) -> Array:
        cells = self.text.cells(row, count)
        chosen = cells if self.columns is None else [cells[c] for c in self.columns]
        try:
            if "_" in "".join(chosen):
                raise ValueError("no number")
            if self.dtype.kind not in "iub":
                return np.fromiter(map(float, chosen), self.dtype, len(chosen))
            numbers = [int(cell) if cell.lstrip("+-").isdecimal() else float(cell) for cell in chosen]
            kept = np.array(
                numbers, np.int64 if all(isinstance(n, int) and abs(n) < 1 << 63 for n in numbers) else float
            )
        except (ValueError, OverflowError):
            kept = None
        if kept is None:
            at = next((i for i, cell in enumerate(chosen) if not is_number(cell)), 0)
            number = self.text.lines[row + at // (len(chosen) // count)]
            raise unreadable(self.text.path, f"line {number} has '{chosen[at][:40]}' where a number should be")
        return kept


def text_file(path: Path, ports: Sequence[Port]) -> tuple[dict[str, Stored], list[str]]:
    """Returns the array of each input in a file of numbers, and notes.

    A row is a sample, its numbers in C order. Columns belong to the input that their heads name, as `name`, `name_0` or
    `name[0, 1]`; without heads the inputs follow each other in order. A file whose rows are shorter, but together have
    the numbers of one sample of the only input, is that sample.

    Raises:
        UsageError: E001.
        DataError: E301, E302, E305, E306.
    """
    text = read_rows(readable(path))
    sizes = {port.name: max(port.type.size, 1) for port in ports}
    if text.heads is None or not any(_port_of(h, ports) for h in text.heads):
        return _by_order(text, ports, sizes)
    columns: dict[str, list[int]] = {port.name: [] for port in ports}
    unused = []
    for index, head in enumerate(text.heads):
        port = _port_of(head, ports)
        if port is not None:
            columns[port.name].append(index)
        elif head == LABELS or len(ports) == 1:
            unused.append(head)
        else:
            raise DataError(
                f"column '{head}' names no input of the model",
                code="E305",
                expected=f"columns named {listed(sizes)}",
                fix="Leave it out",
                where=str(path),
            )
    for name, size in sizes.items():
        if len(columns[name]) != size:
            raise DataError(
                f"{len(columns[name])} columns are for input '{name}'",
                code="E302" if columns[name] else "E305",
                expected=f"{size}, one for each of its numbers",
                where=str(path),
            )
    return {p.name: _rows_of(text, p, tuple(columns[p.name])) for p in ports}, [
        f"column '{name}' is not used" for name in unused
    ]


def _by_order(text: Text, ports: Sequence[Port], sizes: dict[str, int]) -> tuple[dict[str, Stored], list[str]]:
    port = ports[0]
    total, rows = sum(sizes.values()), len(text.rows)
    if len(ports) == 1 and text.columns != total and text.columns * rows == total:
        return {port.name: InText(text, None, True, port.type.shape or (), _dtype(port))}, []
    if text.columns != total:
        raise DataError(
            f"has {text.columns} numbers a row, {rows} rows",
            expected=f"{total} numbers a row, those of {listed(sizes)}",
            where=str(text.path),
        )
    if len(ports) == 1:
        named = text.heads is not None
        note = [f"columns '{text.heads[0]}' and so on are taken for input '{port.name}'"] if text.heads else []
        return {port.name: _rows_of(text, port, None)}, note if named else []
    parts, first = {}, 0
    for one in ports:
        parts[one.name] = _rows_of(text, one, tuple(range(first, first + sizes[one.name])))
        first += sizes[one.name]
    return dict(parts), [f"{text.path.name} names no inputs: its columns are {listed(sizes)}, one after another"]


def _rows_of(text: Text, port: Port, columns: tuple[int, ...] | None) -> InText:
    return InText(text, columns, False, (len(text.rows), *(port.type.shape or ())), _dtype(port))


def _dtype(port: Port) -> np.dtype[Any]:
    own = port.type.dtype.numpy
    plain = own is not None and own.kind in "iub" and not takes_reals(port.type)
    return np.dtype(np.int64 if plain else np.float64)


def _port_of(head: str, ports: Sequence[Port]) -> Port | None:
    for port in ports:
        for name in names_of(port):
            if head == name or (head.startswith(name) and _INDEXED.fullmatch(head[len(name) :])):
                return port
    return None
