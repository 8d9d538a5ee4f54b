"""What an input takes of an image: height, width, channels, and where the channels are."""

from __future__ import annotations

from dataclasses import dataclass

from intact.data.described import ImageInput, Size, pair
from intact.data.described_fit import CHANNELS
from intact.errors import DataError
from intact.ir.port import Port
from intact.ir.types import Shape


@dataclass(frozen=True)
class Target:
    """The image that an input takes.

    Args:
        height, width: pixels.
        channels: 1, 3 or 4.
        mode: what Pillow calls the channels: "L", "RGB" or "RGBA".
        first: True where the channels come before height and width.
        shape: of the whole input, its batch of 1 included where it has one.
    """

    height: int
    width: int
    channels: int
    mode: str
    first: bool
    shape: Shape


def target_of(port: Port, how: ImageInput) -> Target:
    """Returns what an input takes of an image.

    Channels are where `layout` says; without it last where the input's last dimension is 1, 3 or 4, else first where
    that one is.

    Raises:
        DataError: E302 for an input that is no image, or another than is described.
    """
    shape = port.type.shape or ()
    declared = port.type.signature or shape
    three = shape[-3:]
    first = how.layout == "nchw" if how.layout else len(three) == 3 and three[-1] not in CHANNELS
    count = three[0 if first else -1] if len(three) == 3 else 0
    if len(shape) not in (3, 4) or count not in CHANNELS:
        place = "the first of the last 3" if how.layout == "nchw" else "the last"
        raise DataError(
            f"input '{port.name}' of shape {list(shape)} is no image",
            expected=f"1, 3 or 4 channels in {place} of 3 or 4 dimensions",
            fix="layout=nchw and layout=nhwc say where the channels are" if how.layout else None,
        )
    sizes, open_ends = (three[1:], declared[-2:]) if first else (three[:2], declared[-3:-1])
    height, width = _sides(port, how, sizes, open_ends)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[count]
    wanted = {"grey": "L", "rgb": "RGB", "bgr": "RGB", None: mode}[how.channels]
    if wanted != mode:
        raise DataError(f"input '{port.name}' takes {count} channels", expected=f"an input for {how.channels}")
    for name, value in (("mean", how.mean), ("std", how.std)):
        if isinstance(value, tuple) and len(value) != count:
            raise DataError(f"{len(value)} numbers are given as {name} of the {count} channels of '{port.name}'")
    inner = (count, height, width) if first else (height, width, count)
    return Target(height, width, count, mode, first, (1, *inner) if len(shape) == 4 and shape[0] == 1 else inner)


def _sides(port: Port, how: ImageInput, sizes: Shape, declared: Shape) -> Size:
    """Returns height and width: those of the input, or those described where the input leaves them open."""
    asked = pair(how.crop) if how.crop else how.resize if isinstance(how.resize, tuple) else None
    if -1 not in declared:
        if how.crop and asked != sizes:
            assert asked is not None
            raise DataError(
                f"crop gives {asked[0]}x{asked[1]}, input '{port.name}' takes {sizes[0]}x{sizes[1]} (height x width)",
                fix="Leave crop out: the middle is cut to the input's size once resize is given",
            )
        return sizes[0], sizes[1]
    if asked is not None and all(d in (-1, a) for d, a in zip(declared, asked, strict=True)):
        return asked
    if asked is not None or min(sizes) <= 1:
        raise DataError(
            f"input '{port.name}' takes images of {_text(declared)}",
            expected="resize=HEIGHTxWIDTH or crop=HEIGHTxWIDTH of a size that fits",
        )
    return sizes[0], sizes[1]


def _text(sizes: Shape) -> str:
    if set(sizes) == {-1}:
        return "any size"
    return "height x width " + "x".join("any" if s == -1 else str(s) for s in sizes)
