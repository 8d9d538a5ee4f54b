"""A text file that lists the files of samples, one sample a line."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from intact.data.layout import Record
from intact.data.match import listed
from intact.data.stored import Stored
from intact.errors import DataError
from intact.files import readable
from intact.ir.port import Port

SUFFIXES: Final = frozenset({".list", ".lst"})

OpenFile = Callable[[Path, Sequence[Port]], Mapping[str, Stored]]


def list_file(path: Path, ports: Sequence[Port], open_file: OpenFile) -> list[Record]:
    """Returns a record for each line of a list.

    A line has one file for each input in the model's order, or one file with all of them one after another. Blanks part
    the names; a name with blanks stands in quotes or is alone on its line. Names are relative to the folder of the
    list, or to the working folder where the former has no such file, which is how Samsung ONE takes them.

    Args:
        open_file: returns the arrays of a file for some inputs.
    Raises:
        UsageError: E001.
        DataError: E301, E305, E306 naming the line.
    """
    try:
        lines = readable(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as fault:
        raise DataError("is not a list of files: it is not text in UTF-8", code="E306", where=str(path)) from fault
    records = []
    labels: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        names = _names(path, line.strip(), where)
        if len(names) not in (1, len(ports)):
            raise DataError(
                f"names {len(names)} files: {listed(names)}",
                code="E305",
                expected=f"one for each of the {len(ports)} inputs, or one with all of them",
                where=where,
            )
        files = [_found(path, name, where) for name in names]
        groups = [ports] if len(files) == 1 else [[port] for port in ports]
        arrays: dict[str, Stored] = {}
        for file, group in zip(files, groups, strict=True):
            arrays.update(open_file(file, group))
        label = "+".join(f.name for f in files)
        if label in labels:  # listed twice, or of the same name in another folder
            label += f" (line {number})"
        labels.add(label)
        records.append(Record(label, ", ".join(map(str, files)), arrays))
    if not records:
        raise DataError("there are no samples: the list is empty", code="E301", where=str(path))
    return records


def _names(path: Path, line: str, where: str) -> list[str]:
    if _place(path, line) is not None:
        return [line]
    try:
        return shlex.split(line)
    except ValueError as fault:
        raise DataError(f"cannot be parted into names: {fault}", code="E306", where=where) from fault


def _found(path: Path, name: str, where: str) -> Path:
    found = _place(path, name)
    if found is None:
        raise DataError(
            f"there is no file '{name}'",
            code="E306",
            expected=f"a file in {path.parent} or the working folder",
            where=where,
        )
    return found


def _place(path: Path, name: str) -> Path | None:
    try:
        return next((p for p in (path.parent / name, Path(name)) if p.is_file()), None)
    except (OSError, ValueError):  # names that no file can have
        return None
