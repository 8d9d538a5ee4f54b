"""One file for one input of one run: any kind of file that samples are read from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np

from intact.data.described import Described, ImageInput
from intact.data.from_files import kind_of
from intact.data.images import image_file
from intact.data.open_samples import open_samples
from intact.data.raw import SUFFIXES as RAW
from intact.data.samples import Samples
from intact.data.type_rule import clamped_note
from intact.errors import DataError
from intact.files import readable
from intact.ir.port import Port
from intact.ir.stored import stored
from intact.ir.types import Array

_CLEAR: Final = "the image's transparency is left out; what it hides is seen"


def read_input(path: str | os.PathLike[str], port: Port, how: Described | None = None) -> tuple[Array, list[str]]:
    """Returns what a file holds for an input, as the input stores it, and notes on how it was taken.

    Arrays of the input's own type are taken as they are, others as real numbers. Raw bytes are the input's own type in
    C order. Of several samples the first is taken, but for an input whose first dimension is dynamic all those of a
    file are one batch.

    Args:
        how: how pixels of an image, or samples of a sound, become numbers.
    Raises:
        UsageError: E001.
        DataError: E301 to E306.
    """
    file = Path(path)
    if file.suffix.lower() in RAW:
        return _raw(readable(path), port), []
    if file.is_file() and kind_of(file) == "image":
        return _image(readable(path), port, how if isinstance(how, ImageInput) else None)
    samples = open_samples(path, [port], {} if how is None else {port.name: how})
    first = samples[0]
    notes = list(samples.notes)
    batch = _batch(samples, port) if file.is_file() else None
    if batch is not None:
        notes.append(f"the {len(samples)} samples of {path} are run as one batch")
        return batch, notes + _clamped(np.concatenate([samples.given(i, port) for i in range(len(samples))]), port)
    if len(samples) > 1:
        notes.append(f"{path} holds {len(samples)} samples; the first, {first.label}, is run")
    return first.arrays[port.name], notes + _clamped(samples.given(0, port), port)


def _batch(samples: Samples, port: Port) -> Array | None:
    """Returns several samples as one array; None for one sample, or an input that takes one at a time."""
    declared = port.type.signature or ()
    if len(samples) < 2 or not declared or declared[0] != -1:
        return None
    arrays = [sample.arrays[port.name] for sample in samples]
    if any(a.shape != (1, *arrays[0].shape[1:]) for a in arrays):
        return None
    return np.concatenate(arrays)


def _raw(path: Path, port: Port) -> Array:
    dtype, shape = port.type.dtype.numpy, port.type.shape
    if dtype is None or shape is None:
        raise DataError(f"input '{port.name}' has no fixed type and shape that bytes could be", where=str(path))
    data = path.read_bytes()
    need = port.type.size * dtype.itemsize
    if len(data) != need:
        raise DataError(
            f"has {len(data)} bytes",
            expected=f"{need}: {dtype.name} {list(shape)} of input '{port.name}'",
            where=str(path),
        )
    return np.frombuffer(data, dtype).reshape(shape)


def _image(path: Path, port: Port, how: ImageInput | None) -> tuple[Array, list[str]]:
    file = image_file(path, port, how)
    array = file.open()(None)
    size, target = file.size, file.target
    became = "fitted" if file.description.resize or file.description.crop else "scaled"
    fitted = f"image {size[0]}x{size[1]} {became} to {target.width}x{target.height} (width x height)"
    notes = [f"input '{port.name}': {fitted}, {file.description.told(target.mode)}"]
    if file.transparent:
        notes.append(f"input '{port.name}': {_CLEAR}")
    return stored(array, port.type), notes + _clamped(array, port)


def _clamped(array: Array, port: Port) -> list[str]:
    note = clamped_note(array, port)
    return [] if note is None else [note]
