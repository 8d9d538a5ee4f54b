"""Samples in .npy and .npz files and in folders of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from intact.data.match import by_name, for_inputs, listed
from intact.data.samples import Record
from intact.data.stored import InFile, npy_file, npz_file
from intact.errors import DataError, UsageError
from intact.ir.port import Port

_IMAGES: Final = {".bmp", ".jpeg", ".jpg", ".png", ".webp"}


def from_path(path: Path, ports: Sequence[Port]) -> tuple[list[Record], list[str]]:
    """Returns the records of a file or folder and notes on what of it was not used.

    Raises:
        UsageError: E001.
        DataError: E301, E305, E306.
    """
    if path.is_dir():
        return _from_folder(path, ports)
    if path.suffix == ".npy":
        return _single([path], ports)
    if path.suffix == ".npz":
        return _archives([path], ports)
    if not path.exists():
        raise UsageError("does not exist", code="E001", expected="a file or folder of samples", where=str(path))
    raise DataError(
        "is not a kind of file that samples are read from",
        code="E306",
        expected="a .npy or .npz file, or a folder of them",
        where=str(path),
    )


def _from_folder(folder: Path, ports: Sequence[Port]) -> tuple[list[Record], list[str]]:
    try:
        entries = sorted((e for e in folder.iterdir() if not e.name.startswith(".")), key=_natural)
    except OSError as fault:
        raise UsageError(f"cannot be read ({fault.strerror})", code="E001", where=str(folder)) from fault
    folders = [e for e in entries if e.is_dir()]
    npy = [e for e in entries if e.suffix == ".npy" and e not in folders]
    npz = [e for e in entries if e.suffix == ".npz" and e not in folders]
    if npy and npz:
        raise DataError(
            f"holds {len(npy)} .npy and {len(npz)} .npz files", code="E306", expected="one kind", where=str(folder)
        )
    used = npy or npz or folders
    if not used:
        found = listed(e.name for e in entries)
        raise DataError(
            f"there are no samples: the folder holds {found}",
            code="E301",
            expected=".npy or .npz files, or a subfolder of .npy files for each input",
            fix="docs/cli.md shows how images become .npy files"
            if _IMAGES & {e.suffix.lower() for e in entries}
            else None,
            where=str(folder),
        )
    kept = set(used)
    unused = [e.name for e in entries if e not in kept]
    notes = [f"the folder's other entries are not used: {listed(unused)}"] if unused else []
    if npz:
        records, more = _archives(npz, ports)
    elif not npy:
        records, more = _subfolders(folder, folders, ports)
    elif len(ports) == 1:
        records, more = _single(npy, ports)
    else:
        chosen, more = by_name({e.stem: e for e in npy}, ports, str(folder), "file")
        records = [Record(folder.name, str(folder), {name: npy_file(file) for name, file in chosen.items()})]
    return records, notes + more


def _single(files: Sequence[Path], ports: Sequence[Port]) -> tuple[list[Record], list[str]]:
    """Returns a record for each .npy file of a model with one input."""
    if len(ports) > 1:
        raise DataError(
            f"one array cannot serve {len(ports)} inputs",
            code="E305",
            expected="arrays named " + ", ".join(f"'{p.name}'" for p in ports),
            where=str(files[0]),
        )
    return [Record(f.name, str(f), {ports[0].name: npy_file(f)}) for f in files], []


def _archives(files: Sequence[Path], ports: Sequence[Port]) -> tuple[list[Record], list[str]]:
    """Returns a record for each .npz file."""
    records, notes = [], []
    for file in files:
        arrays, more = for_inputs(npz_file(file), ports, str(file))
        records.append(Record(file.name, str(file), arrays))
        notes += more
    return records, notes


def _subfolders(root: Path, folders: Sequence[Path], ports: Sequence[Port]) -> tuple[list[Record], list[str]]:
    """Returns a record for each row of files, one from each input's folder."""
    chosen, notes = by_name({f.name: f for f in folders}, ports, str(root), "folder")
    files = {name: sorted(f.glob("*.npy"), key=_natural) for name, f in chosen.items()}
    counts = {name: len(found) for name, found in files.items()}
    if len(set(counts.values())) > 1 or not all(counts.values()):
        different = ", ".join(f"'{chosen[n].name}' {c}" for n, c in counts.items())
        raise DataError(
            f"the folders hold different numbers of .npy files, or none: {different}",
            code="E305" if any(counts.values()) else "E301",
            expected="as many in each",
            where=str(root),
        )
    records, odd = [], ""
    for row in zip(*files.values(), strict=True):
        arrays: dict[str, InFile] = {name: npy_file(file) for name, file in zip(files, row, strict=True)}
        names = list(dict.fromkeys(f.name for f in row))
        if len(names) > 1 and not odd:
            odd = f"files of different names are paired in sorted order, such as {listed(names)}"
        records.append(Record("+".join(names), ", ".join(map(str, row)), arrays))
    return records, [*notes, odd] if odd else notes


def _natural(path: Path) -> tuple[list[str | int], str]:
    """Returns a key that sorts numbers within names by their value."""
    parts = re.split(r"(\d+)", path.name)
    return [int(p) if i % 2 else p for i, p in enumerate(parts)], path.name
