"""Samples in a folder: files of one kind, a file or a subfolder for each input, or a subfolder for each class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from intact.data.from_files import KINDS, How, one_input, records_of
from intact.data.layout import Record
from intact.data.match import by_name, listed, names_of
from intact.data.text_rows import looks_like_numbers
from intact.errors import DataError, UsageError
from intact.ir.port import Port

_EXPECTED: Final = (
    "files of one kind (.npy, .npz, .h5, images, .wav, .csv, .raw or .bin), or a subfolder of them for each input"
)
_BY_THEMSELVES: Final = ("CSV", "raw")
"""Kinds of which one file serves all inputs, where it is not named after one."""


def from_folder(folder: Path, ports: Sequence[Port], how: How) -> tuple[list[Record], list[str]]:
    """Returns the records of a folder and notes on what of it was not used.

    Files are taken in the natural order of their names. Numbers in text count only where there are no other samples.

    Raises:
        UsageError: E001.
        DataError: E301 to E306.
    """
    entries = _entries(folder)
    folders = [e for e in entries if e.is_dir()]
    kind, files = _samples_in(folder, entries)
    used = files or folders
    if not used:
        raise _nothing(folder, entries)
    kept = set(used)
    unused = [e.name for e in entries if e not in kept]
    notes = [f"the folder's other entries are not used: {listed(unused)}"] if unused else []
    if kind is None:
        if len(ports) == 1 and not any(f.name in names_of(ports[0]) for f in folders):
            records, more = _classes(folder, folders, ports, how)
        else:
            records, more = _for_each_input(folder, folders, ports, how)
    elif len(ports) == 1 or kind in (".npz", "HDF5") or (kind in _BY_THEMSELVES and not _is_named(files, ports)):
        records, more = records_of(files, kind, ports, how)
    else:
        chosen, more = by_name({e.stem: e for e in files}, ports, str(folder), "file")
        arrays = {p.name: one_input(chosen[p.name], kind, p, how) for p in ports}
        records = [Record(folder.name, str(folder), arrays)]
    return records, notes + list(more)


def _for_each_input(
    root: Path, folders: Sequence[Path], ports: Sequence[Port], how: How
) -> tuple[list[Record], list[str]]:
    """Returns a record for each row of files, one from each input's folder."""
    chosen, notes = by_name({f.name: f for f in folders}, ports, str(root), "folder")
    found = {name: _samples_in(folder, _entries(folder)) for name, folder in chosen.items()}
    counts = {name: len(files) for name, (_, files) in found.items()}
    if len(set(counts.values())) > 1 or not all(counts.values()):
        different = ", ".join(f"'{chosen[n].name}' {c}" for n, c in counts.items())
        raise DataError(
            f"the folders hold different numbers of files, or none: {different}",
            code="E305" if any(counts.values()) else "E301",
            expected="as many in each",
            where=str(root),
        )
    records, odd = [], ""
    for row in zip(*(files for _, files in found.values()), strict=True):
        arrays = {
            port.name: one_input(file, found[port.name][0], port, how)
            for port, file in zip((p for name in found for p in ports if p.name == name), row, strict=True)
        }
        names = list(dict.fromkeys(f.name for f in row))
        if len({f.stem for f in row}) > 1 and not odd:
            odd = f"files of different names are paired in sorted order, such as {listed(names)}"
        records.append(Record("+".join(names), ", ".join(map(str, row)), arrays))
    return records, [*notes, odd] if odd else notes


def _classes(root: Path, folders: Sequence[Path], ports: Sequence[Port], how: How) -> tuple[list[Record], list[str]]:
    """Returns the records of all subfolders, one after another: classes, whose names are not used."""
    records: list[Record] = []
    notes: list[str] = []
    taken: list[Path] = []
    for folder in folders:
        kind, files = _samples_in(folder, _entries(folder))
        if kind is None:
            continue
        taken.append(folder)
        found, more = records_of(files, kind, ports, how)
        records += [Record(f"{folder.name}/{r.label}", r.where, r.arrays) for r in found]
        notes += more
    if not records:
        raise _nothing(root, folders)
    empty = [folder for folder in folders if folder not in taken]
    if empty:
        notes.insert(0, f"subfolders without samples are not used: {_names(empty)}")
    return records, [f"subfolders are taken one after another, their names are not used: {_names(taken)}", *notes]


def _samples_in(folder: Path, entries: Sequence[Path]) -> tuple[str | None, list[Path]]:
    """Returns the files of a folder that are samples, and their kind; None where there are none."""
    files = [e for e in entries if not e.is_dir()]
    by_kind = {kind: [f for f in files if f.suffix.lower() in ends] for kind, ends in KINDS.items() if kind != "list"}
    texts = by_kind.pop("CSV")
    found = {kind: some for kind, some in by_kind.items() if some}
    if len(found) > 1:
        counts = " and ".join(f"{len(some)} {kind}" for kind, some in found.items())
        raise DataError(f"holds {counts} files", code="E306", expected="one kind", where=str(folder))
    if found:
        return next(iter(found.items()))
    texts = texts or [f for f in files if f.suffix.lower() == ".txt" and looks_like_numbers(f)]
    return ("CSV", texts) if texts else (None, [])


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted((e for e in folder.iterdir() if not e.name.startswith(".")), key=_natural)
    except OSError as fault:
        raise UsageError(f"cannot be read ({fault.strerror})", code="E001", where=str(folder)) from fault


def _is_named(files: Sequence[Path], ports: Sequence[Port]) -> bool:
    names = {name for port in ports for name in names_of(port)}
    return any(f.stem in names for f in files)


def _nothing(folder: Path, entries: Sequence[Path]) -> DataError:
    return DataError(
        f"there are no samples: the folder holds {listed(e.name for e in entries)}",
        code="E301",
        expected=_EXPECTED,
        where=str(folder),
    )


def _names(paths: Sequence[Path]) -> str:
    return listed(p.name for p in paths)


def _natural(path: Path) -> tuple[list[str | int], str]:
    """Returns a key that sorts numbers within names by their value."""
    parts = re.split(r"(\d+)", path.name)
    return [int(p) if i % 2 else p for i, p in enumerate(parts)], path.name
