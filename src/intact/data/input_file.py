"""One file for one input of one run: .npy, .npz, an image, or raw bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from intact.data.open_samples import open_samples
from intact.data.samples import Samples
from intact.errors import DataError
from intact.files import readable
from intact.ir.port import Port
from intact.ir.stored import stored
from intact.ir.types import Array

if TYPE_CHECKING:
    from PIL import Image

IMAGES: Final = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".webp"})
RAW: Final = frozenset({".bin", ".raw"})


@dataclass(frozen=True)
class Pixels:
    """How a pixel p of 0 to 255 becomes a real number: (p - mean) / std."""

    mean: float
    std: float


def read_input(path: str, port: Port, pixels: Pixels | None = None) -> tuple[Array, list[str]]:
    """Returns what a file holds for an input, as the input stores it, and notes on how it was taken.

    Arrays of the input's own type are taken as they are, others as real numbers. Raw bytes are the input's own type in
    C order. An image is turned upright, made the size of the input, and grey where that has one channel. Of several
    samples the first is taken, but for an input whose first dimension is dynamic all those of a file are one batch.

    Args:
        pixels: needed for an image.
    Raises:
        UsageError: E001.
        DataError: E301 to E306.
    """
    suffix = Path(path).suffix.lower()
    if suffix in IMAGES:
        return _image(readable(path), port, pixels)
    if suffix in RAW:
        return _raw(readable(path), port), []
    samples = open_samples(path, [port])
    first = samples[0]
    notes = list(samples.notes)
    batch = _batch(samples, port) if Path(path).is_file() else None
    if batch is not None:
        notes.append(f"the {len(samples)} samples of {path} are run as one batch")
        return batch, notes
    if len(samples) > 1:
        notes.append(f"{path} holds {len(samples)} samples; the first, {first.label}, is run")
    return first.arrays[port.name], notes


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


def _image(path: Path, port: Port, pixels: Pixels | None) -> tuple[Array, list[str]]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    shape = port.type.shape or ()
    if len(shape) not in {3, 4} or shape[-1] not in {1, 3, 4}:
        raise DataError(
            f"input '{port.name}' of shape {list(shape)} is no image",
            expected="1, 3 or 4 channels in the last of 3 or 4 dimensions",
            where=str(path),
        )
    if pixels is None:
        raise DataError(
            f"how a pixel becomes a number of input '{port.name}' ({port.type.dtype.value}) is not in the model",
            code="E303",
            expected="--mean and --std: real = (pixel - mean) / std",
            fix="For pixels as 0 to 1 give --mean 0 --std 255, for -1 to 1 --mean 127.5 --std 127.5",
            where=str(path),
        )
    height, width, channels = shape[-3:]
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image)
            clear = image.has_transparency_data and channels != 4
            picture = _of_bytes(upright, image.format).convert({1: "L", 3: "RGB", 4: "RGBA"}[channels])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise DataError(f"is no image that can be read ({fault})", code="E306", where=str(path)) from fault
    resized = picture.resize((width, height), Image.Resampling.BILINEAR)
    array = np.asarray(resized, np.float32).reshape(1, height, width, channels)
    real = (array - np.float32(pixels.mean)) / np.float32(pixels.std)
    note = (
        f"input '{port.name}': image {picture.width}x{picture.height} scaled to {width}x{height} (width x height), "
        f"real = (pixel - {pixels.mean:g}) / {pixels.std:g}"
    )
    notes = [note]
    if clear:
        notes.append(f"input '{port.name}': the image's transparency is left out; what it hides is seen")
    return stored(real.reshape(1, *shape[-3:])[0] if len(shape) == 3 else real, port.type), notes


def _of_bytes(image: Image.Image, form: str | None) -> Image.Image:
    """Returns an image with channels of 8 bits: of 16, 65535 becomes 255. Pillow itself would cut off at 255.

    Raises:
        ValueError: for grey levels whose range nobody knows.
    """
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    if image.mode == "F" or (image.mode == "I" and form not in ("PNG", "PPM")):
        raise ValueError(f"its grey levels are {'floats' if image.mode == 'F' else '32 bits'}, of no known range")
    levels = np.asarray(image).astype(np.float64)
    return Image.fromarray(np.round(levels / 257).astype(np.uint8))
