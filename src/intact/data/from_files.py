"""Samples in files: which kind a file is, and what it holds for which input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from intact.data import h5, images, list_file, numbers_file, raw, sounds
from intact.data.described import AudioInput, Described, ImageInput
from intact.data.images import image_file
from intact.data.layout import Record
from intact.data.match import for_inputs
from intact.data.numbers_file import text_file
from intact.data.raw import raw_file
from intact.data.sounds import sound_file
from intact.data.stored import Stored, npy_file, npz_file
from intact.data.text_rows import looks_like_numbers
from intact.errors import DataError, UsageError
from intact.ir.port import Port

KINDS: Final[Mapping[str, frozenset[str]]] = {
    ".npy": frozenset({".npy"}),
    ".npz": frozenset({".npz"}),
    "HDF5": h5.SUFFIXES,
    "image": images.SUFFIXES,
    ".wav": sounds.SUFFIXES,
    "raw": raw.SUFFIXES,
    "CSV": numbers_file.SUFFIXES,
    "list": list_file.SUFFIXES,
}
"""Kinds of files by the endings of their names."""

KNOWN: Final = ".npy, .npz, .h5, images, .wav, .csv, .raw or .bin"
"""The kinds in words."""

How = Mapping[str, Described]
"""What is known of inputs that take images or sound, by name."""


def kind_of(path: Path) -> str | None:
    """Returns the kind of a file by its name; a .txt file is of kind CSV where it begins with numbers, else a list."""
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return "CSV" if looks_like_numbers(path) else "list"
    return next((kind for kind, suffixes in KINDS.items() if suffix in suffixes), None)


def from_file(path: Path, ports: Sequence[Port], how: How) -> tuple[list[Record], list[str]]:
    """Returns the records of a file and notes on what of it was not used.

    Raises:
        UsageError: E001.
        DataError: E301 to E306.
    """
    kind = kind_of(path)
    if kind is None and not path.exists():
        raise UsageError("does not exist", code="E001", expected="a file or folder of samples", where=str(path))
    if kind is None:
        raise DataError(
            "is not a kind of file that samples are read from",
            code="E306",
            expected=f"{KNOWN}, a list of such files (.list, .txt), or a folder of them",
            where=str(path),
        )
    return records_of([path], kind, ports, how)


def records_of(files: Sequence[Path], kind: str, ports: Sequence[Port], how: How) -> tuple[list[Record], list[str]]:
    """Returns the records of files of one kind, each with arrays for all inputs, and notes.

    Raises:
        UsageError: E001.
        DataError: E301 to E306.
    """
    records: list[Record] = []
    notes: list[str] = []
    for file in files:
        if kind == "HDF5":
            records += h5.h5_file(file, ports)
        elif kind == "list":
            records += list_file.list_file(file, ports, lambda path, some: _arrays(path, kind_of(path), some, how)[0])
        else:
            arrays, more = _arrays(file, kind, ports, how)
            records.append(Record(file.name, str(file), arrays))
            notes += more
    return records, notes


def one_input(path: Path, kind: str | None, port: Port, how: How) -> Stored:
    """Returns the array that a file holds for one input. A file of no known kind is raw bytes.

    Raises:
        UsageError: E001.
        DataError: E301 to E306.
    """
    arrays, _ = _arrays(path, kind, [port], how)
    return arrays[port.name]


def _arrays(
    path: Path, kind: str | None, ports: Sequence[Port], how: How
) -> tuple[Mapping[str, Stored], Sequence[str]]:
    if kind == ".npz":
        return for_inputs(npz_file(path), ports, str(path))
    if kind == "CSV":
        return text_file(path, ports)
    if kind in ("HDF5", "list"):
        raise DataError(
            f"is {'an HDF5 file' if kind == 'HDF5' else 'a list'}, which holds samples of its own for all inputs",
            code="E306",
            expected="a file of one sample, or of one input",
            fix="Give it alone, as the samples",
            where=str(path),
        )
    if kind not in (".npy", "image", ".wav"):
        return raw_file(path, ports), []
    if len(ports) > 1:
        raise DataError(
            f"one {'array' if kind == '.npy' else kind + ' file'} cannot serve {len(ports)} inputs",
            code="E305",
            expected="arrays named " + ", ".join(f"'{p.name}'" for p in ports),
            where=str(path),
        )
    (port,) = ports
    known = how.get(port.name)
    if kind == ".npy":
        return {port.name: npy_file(path)}, []
    if kind == "image":
        return {port.name: image_file(path, port, known if isinstance(known, ImageInput) else None)}, []
    return {port.name: sound_file(path, port, known if isinstance(known, AudioInput) else None)}, []
