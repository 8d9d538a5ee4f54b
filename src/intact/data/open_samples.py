"""Opens whatever holds samples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from intact.data.from_files import from_path
from intact.data.from_python import from_python
from intact.data.match import LABELS
from intact.data.samples import Samples
from intact.data.stored import npz_file
from intact.errors import DataError, UsageError
from intact.ir.port import Port
from intact.ir.types import Array

Source = str | os.PathLike[str] | Array | Mapping[str, Any] | Iterable[Any] | Callable[[], Iterable[Any]]


def open_samples(source: Source, ports: Sequence[Port]) -> Samples:
    """Returns the samples of a source for the inputs of a model.

    A source is a .npy file, a .npz file, or a folder: of .npy files for a model with one input, of .npz files with an
    array for each input, of one .npy file named after each input, or of one subfolder of .npy files for each input,
    paired in the order of their names. Or it is a Python object: an array; a dict of arrays by input name; an iterable
    of such, or of lists with one array for each input in order; or a function that returns one. Each array is one
    sample, with or without its batch dimension of 1, or a stack of samples.

    Files are taken in the natural order of their names: `2.npy` before `10.npy`. An iterator is read once and kept.

    Raises:
        UsageError: E001 where there is no such file or folder.
        DataError: E301, E302, E303, E305, E306, naming the file.
    """
    if not ports:
        raise DataError("the model has no inputs to give samples to", code="E305")
    if isinstance(source, str) and not source:
        raise UsageError("the path of the samples is empty", code="E001", expected="a file or folder of samples")
    if isinstance(source, str | os.PathLike):
        return Samples(*from_path(Path(source), ports), ports)
    return Samples(*from_python(source, ports), ports)


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
