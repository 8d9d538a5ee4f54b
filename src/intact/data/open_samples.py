"""Opens whatever holds samples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from intact.data.described import Described
from intact.data.from_files import How, from_file
from intact.data.from_folder import from_folder
from intact.data.from_python import from_python
from intact.data.images import ImageFile, notes_on_images
from intact.data.layout import Record
from intact.data.match import LABELS
from intact.data.samples import Samples
from intact.data.sounds import SoundFile, notes_on_sounds
from intact.data.stored import npz_file
from intact.errors import DataError, UsageError
from intact.ir.port import Port
from intact.ir.types import Array

Source = str | os.PathLike[str] | Array | Mapping[str, Any] | Iterable[Any] | Callable[[], Iterable[Any]]

NOTHING_KNOWN: Final[How] = MappingProxyType({})


def open_samples(source: Source, ports: Sequence[Port], how: How = NOTHING_KNOWN) -> Samples:
    """Returns the samples of a source for the inputs of a model; docs/data.md has the rules.

    A source is a file (.npy, .npz, .h5, an image, .wav, .csv, raw bytes), a list of files, or a folder: of files of one
    kind, of one file or one subfolder named after each input, or of a subfolder for each class. Or it is a Python
    object: an array; a dict of arrays by input name; an iterable of such, of lists with one array for each input in
    order, or of paths; or a function that returns one. Each array is one sample, with or without its batch dimension of
    1, or a stack of samples.

    Files are taken in the natural order of their names: `2.npy` before `10.npy`. An iterator is read once and kept in a
    temporary file.

    Args:
        how: by input name, how the pixels of images and the samples of sounds become numbers.
    Raises:
        UsageError: E001 where there is no such file or folder.
        DataError: E301, E302, E303, E305, E306, naming the file.
    """
    if not ports:
        raise DataError("the model has no inputs to give samples to", code="E305")
    if isinstance(source, str) and not source:
        raise UsageError("the path of the samples is empty", code="E001", expected="a file or folder of samples")
    if not isinstance(source, str | os.PathLike):
        records, notes = from_python(source, ports, how)
    elif (path := Path(source)).is_dir():
        records, notes = from_folder(path, ports, how)
    else:
        records, notes = from_file(path, ports, how)
    for port in ports:
        notes += notes_on_images(port.name, _held(records, port, ImageFile))
        notes += notes_on_sounds(port.name, _held(records, port, SoundFile))
    return Samples(records, notes, ports, _used(records, ports))


def labels(source: Source) -> Array | None:
    """Returns the array `y` of a .npz file or a dict, one label for each sample in order; None where there is none.

    Raises:
        DataError: E306 for a file that cannot be read.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        member = npz_file(path).get(LABELS) if path.suffix == ".npz" else None
        return None if member is None else member.open()(None)
    found = source.get(LABELS) if isinstance(source, Mapping) else None
    return None if found is None else np.asarray(found)


def _held(records: Sequence[Record], port: Port, kind: type[Any]) -> list[Any]:
    return [a for record in records if isinstance(a := record.arrays[port.name], kind)]


def _used(records: Sequence[Record], ports: Sequence[Port]) -> dict[str, Described]:
    """Returns the descriptions that the files of these records are read by."""
    used: dict[str, Described] = {}
    for port in ports:
        for one in _held(records, port, ImageFile | SoundFile)[:1]:  # type: ignore[arg-type]
            used[port.name] = one.description
    return used
