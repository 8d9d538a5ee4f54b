"""Images as samples: opened when they are needed, one at a time."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from intact.data.described import ImageInput, Numbers, pair
from intact.data.image_target import Target, target_of
from intact.data.stored import Rows
from intact.errors import DataError
from intact.files import readable
from intact.ir.port import Port
from intact.ir.types import Array, DType, Shape

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES: Final = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})

_MOST_PIXELS: Final = 1 << 28
"""Of an image once it is resized: 1 GiB of memory."""


@dataclass(frozen=True)
class ImageFile:
    """The image of a file, as an input takes it.

    Args:
        path: the file.
        target: size and channels.
        description: how pixels become numbers. One that says nothing of it leaves them as they are, uint8.
        size: width and height of the image in the file, pixels.
        transparent: True where it has transparency that the target leaves out.
        animated: True where it has several frames, of which the first is taken.
    """

    path: Path
    target: Target
    description: ImageInput
    size: tuple[int, int]
    transparent: bool
    animated: bool = False

    @property
    def shape(self) -> Shape:
        """Sizes."""
        return self.target.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy element type."""
        return np.dtype(np.float32 if self.description.is_numeric else np.uint8)

    def open(self) -> Rows:
        """Returns a reader that decodes the image.

        Raises:
            DataError: E306.
        """
        return lambda row: self._read() if row is None else self._read()[row]

    def _read(self) -> Array:
        from PIL import Image, ImageOps

        with unreadable_is_e306(self.path), Image.open(self.path) as image:
            upright = ImageOps.exif_transpose(image)
            fitted = self._fitted(_of_bytes(upright, image.format).convert(self.target.mode))
        array = np.asarray(fitted).reshape(self.target.height, self.target.width, self.target.channels)
        if self.description.channels == "bgr":
            array = array[:, :, ::-1]
        if self.description.is_numeric:
            array = _real(array, self.description)
        return np.ascontiguousarray(array.transpose(2, 0, 1) if self.target.first else array).reshape(self.shape)

    def _fitted(self, image: Image.Image) -> Image.Image:
        """Returns the image resized and cut to the target's size."""
        from PIL import Image

        how, target = self.description, self.target
        pixels = Image.Resampling[how.resample.upper()]
        if how.resize is None and how.crop is None:
            return image.resize((target.width, target.height), pixels)
        if isinstance(how.resize, int):
            short = min(image.size)
            wide, high = image.width * how.resize // short, image.height * how.resize // short
            if wide * high > _MOST_PIXELS:
                raise DataError(
                    f"is {image.width}x{image.height}, and {wide}x{high} once its shorter side has {how.resize} pixels",
                    expected=f"at most {_MOST_PIXELS} pixels",
                    fix="Leave the picture out, or give resize=HEIGHTxWIDTH",
                    where=str(self.path),
                )
            image = image.resize((wide, high), pixels)
        elif how.resize is not None:
            high, wide = pair(how.resize)
            image = image.resize((wide, high), pixels)
        left, top = (image.width - target.width) // 2, (image.height - target.height) // 2
        if min(left, top) < 0:
            raise DataError(
                f"is {image.width}x{image.height}{' once resized' if how.resize else ''}, smaller than the "
                f"{target.width}x{target.height} (width x height) to be cut out",
                expected="an image that is as large",
                fix="resize=N makes the shorter side N pixels",
                where=str(self.path),
            )
        return image.crop((left, top, left + target.width, top + target.height))


def image_file(path: Path, port: Port, how: ImageInput | None) -> ImageFile:
    """Returns the image of a file, its header read.

    Args:
        how: what is known of the input; of None the size is taken, and pixels stay as they are for a uint8 input.
    Raises:
        UsageError: E001.
        DataError: E302 for an input that is no image, E303 where nothing says how pixels become numbers, E306.
    """
    from PIL import Image

    how = how or ImageInput()
    try:
        target = target_of(port, how)
    except DataError as fault:
        raise fault.at(str(path)) from None
    if not how.is_numeric and port.type.dtype != DType.UINT8:
        raise DataError(
            f"how a pixel becomes a number of input '{port.name}' ({port.type.dtype.value}) is not in the model",
            code="E303",
            expected="--image mean=M,std=S: real = (pixel - mean) / std",
            fix="mean=0,std=255 makes pixels 0 to 1, mean=127.5,std=127.5 -1 to 1, and mean=0,std=1 leaves 0 to 255",
            where=str(path),
        )
    readable(path)
    with unreadable_is_e306(path), Image.open(path) as image:
        described = replace(how, channels=how.channels or {"L": "grey", "RGB": "rgb"}.get(target.mode))
        transparent = image.has_transparency_data and target.mode != "RGBA"
        animated = image.format != "MPO" and getattr(image, "is_animated", False)  # the others of MPO are previews
        return ImageFile(path, target, described, image.size, transparent, animated)


def notes_on_images(name: str, files: Sequence[ImageFile]) -> list[str]:
    """Returns what a user should know of how the images for an input were taken."""
    if not files:
        return []
    how, target = files[0].description, files[0].target
    notes = [f"input '{name}': {how.told(target.mode)}, {target.width}x{target.height} (width x height)"]
    odd = sum(1 for f in files if f.size != (target.width, target.height))
    if odd and how.resize is None and how.crop is None:
        notes.append(f"input '{name}': {odd} of {len(files)} images are scaled to that size, proportions not kept")
    clear = sum(f.transparent for f in files)
    if clear:
        notes.append(f"input '{name}': {clear} of {len(files)} images have transparency, which is left out")
    moving = sum(f.animated for f in files)
    if moving:
        notes.append(f"input '{name}': {moving} of {len(files)} images have several frames; the first of each is taken")
    return notes


@contextlib.contextmanager
def unreadable_is_e306(path: Path) -> Iterator[None]:
    """Turns what Pillow raises on bytes that are no image into one error."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files that are a little broken; those that cannot be read raise
            yield
    except (OSError, ValueError, SyntaxError, OverflowError, EOFError, Image.DecompressionBombError) as fault:
        raise DataError(f"is no image that can be read ({fault})", code="E306", where=str(path)) from fault


def _real(pixels: Array, how: ImageInput) -> Array:
    """Returns (pixel * scale - mean) / std, float32, the shape kept.

    Args:
        pixels: uint8 (H, W, C).
    """
    real = pixels.astype(np.float32)
    if how.scale is not None:
        real *= np.float32(how.scale)
    if how.mean is not None:
        real -= _float32(how.mean)
    if how.std is not None:
        real /= _float32(how.std)
    return real


def _float32(value: float | Numbers) -> Array:
    return np.asarray(value, np.float32)


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
