"""What a model's inputs stand for: how the pixels of an image and the samples of a sound become numbers.

A description is a small frozen record. It is given by the user or found in the model, and travels with a quantized one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import Any, Final, cast

from intact.errors import UsageError

Numbers = tuple[float, ...]
Size = tuple[int, int]

CHANNELS: Final = ("rgb", "bgr", "grey")
LAYOUTS: Final = ("nhwc", "nchw")
LARGEST: Final = 3.4028234663852886e38
"""The largest float32."""
FILTERS: Final = ("bilinear", "nearest", "bicubic", "lanczos", "box")


@dataclass(frozen=True)
class ImageInput:
    """How an image becomes the numbers of an input: real = (pixel * scale - mean) / std, pixel from 0 to 255.

    An image is turned upright as its EXIF data say, given its channels, resized, and cut out of its middle. With
    neither `resize` nor `crop` it is scaled to the input's size, whatever its proportions.

    Args:
        mean, std: one number, or one for each channel in the order of `channels`. None: 0 and 1 where the other or
            `scale` is given; with all three None nothing is known.
        scale: factor of the pixel, such as 1/255. None: 1.
        resize: one number: pixels of the shorter side, proportions kept; (height, width): both sides.
        crop: side of the square, or (height, width), that is cut out of the middle. None with `resize`: the input's.
        channels: "rgb", "bgr" or "grey". None: rgb, or grey for an input of one channel.
        layout: "nhwc" or "nchw". None: as the input's shape has it.
        resample: how pixels are made of pixels when the size changes.
    Raises:
        UsageError: E003 for a value that makes no sense.
    """

    mean: float | Numbers | None = None
    std: float | Numbers | None = None
    scale: float | None = None
    resize: int | Size | None = None
    crop: int | Size | None = None
    channels: str | None = None
    layout: str | None = None
    resample: str = "bilinear"

    def __post_init__(self) -> None:
        for name in ("mean", "std"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _numbers(name, value))
        if self.std is not None and 0 in _tuple(self.std):
            raise _wrong("std", 0, "a number that is not 0")
        if self.scale is not None and not _is_scale(self.scale):
            raise _wrong("scale", self.scale, "a number that is not 0")
        for name in ("resize", "crop"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _size(name, value))
        for name, choices in (("channels", CHANNELS), ("layout", LAYOUTS), ("resample", FILTERS)):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value in choices):
                raise _wrong(name, value, f"one of {', '.join(choices)}")
        if max(map(abs, self.reals)) > LARGEST:  # infinity too
            shown = ", ".join(f"{end:g}" for end in self.reals)
            raise UsageError(f"real = {self.formula} of pixels is in [{shown}]", expected="numbers that float32 has")

    @property
    def reals(self) -> tuple[float, float]:
        """Smallest and largest real number that a pixel becomes, over all channels."""
        means, stds = _tuple(0.0 if self.mean is None else self.mean), _tuple(1.0 if self.std is None else self.std)
        count = max(len(means), len(stds))
        pairs = zip(means * (count // len(means)), stds * (count // len(stds)), strict=False)
        ends = [(x * (self.scale or 1.0) - m) / s for m, s in pairs for x in (0.0, 255.0)]
        return min(ends), max(ends)

    @property
    def is_numeric(self) -> bool:
        """True where it is said how a pixel becomes a number."""
        return not (self.mean is None and self.std is None and self.scale is None)

    @property
    def formula(self) -> str:
        """How a pixel becomes a real number, in one line."""
        text = "pixel" if self.scale in (None, 1) else f"pixel * {self.scale:g}"
        if self.mean is not None and any(_tuple(self.mean)):
            text = f"({text} - {_shown(self.mean)})"
        elif self.scale not in (None, 1):
            text = f"({text})" if self.std is not None else text
        return text if self.std is None or set(_tuple(self.std)) == {1.0} else f"{text} / {_shown(self.std)}"

    def over(self, other: ImageInput) -> ImageInput:
        """Returns this description with what it leaves open taken from another one.

        mean, std and scale belong together: where one of them is given, the other's are not taken.
        """
        mine = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) != f.default}
        numeric = {"mean": None, "std": None, "scale": None} if self.is_numeric else {}
        return replace(other, **{**numeric, **mine})

    def told(self, mode: str | None = None) -> str:
        """Returns the description in words; `mode` is what Pillow calls the channels where none are given."""
        channels = self.channels or {"L": "grey"}.get(mode or "", mode)
        parts = [f"real = {self.formula}" if self.is_numeric else "pixels as they are, 0 to 255"]
        parts.append("grey" if channels == "grey" else (channels or "").upper())
        if isinstance(self.resize, int):
            parts.append(f"shorter side scaled to {self.resize}")
        elif self.resize:
            parts.append(f"scaled to {self.resize[0]}x{self.resize[1]} (height x width)")
        if self.resize or self.crop:
            size = "" if self.crop is None else " {}x{} (height x width)".format(*pair(self.crop))
            parts.append(f"the middle{size} cut out")
        parts += [(self.layout or "").upper(), "" if self.resample == "bilinear" else self.resample]
        return ", ".join(p for p in parts if p)

    def __str__(self) -> str:
        return self.told()

    def as_dict(self) -> dict[str, Any]:
        """The description as plain data, what is not given left out."""
        return {"kind": "image", **_plain(self)}


@dataclass(frozen=True)
class AudioInput:
    """How a recording becomes the numbers of an input: real = sample * scale, sample from -1 to 1.

    Args:
        rate: Hz. Samples a second that the model was trained on; None: not known, and all files must have the same.
        resample: a file of another rate is resampled; otherwise it is refused.
        scale: factor of the sample. 32768 gives the numbers of 16-bit sound.
    Raises:
        UsageError: E003 for a value that makes no sense.
    """

    rate: int | None = None
    resample: bool = False
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.rate is not None and not (isinstance(self.rate, int) and self.rate >= 1):
            raise _wrong("rate", self.rate, "samples a second, 1 or more")
        if not _is_scale(self.scale):
            raise _wrong("scale", self.scale, "a number that is not 0")
        if self.resample and self.rate is None:
            raise UsageError("resample is asked for without a rate", expected="rate=HZ as well")

    @property
    def reals(self) -> tuple[float, float]:
        """Smallest and largest real number that a sample becomes."""
        return -abs(self.scale), abs(self.scale)

    @property
    def formula(self) -> str:
        """How a sample becomes a real number, in one line."""
        return "sample" if self.scale == 1 else f"sample * {self.scale:g}"

    def over(self, other: AudioInput) -> AudioInput:
        """Returns this description with what it leaves open taken from another one."""
        return replace(other, **{f.name: v for f in fields(self) if (v := getattr(self, f.name)) != f.default})

    def __str__(self) -> str:
        rate = f", {self.rate} Hz" if self.rate else ""
        return f"real = {self.formula}, sample from -1 to 1{rate}"

    def as_dict(self) -> dict[str, Any]:
        """The description as plain data, what is not given left out."""
        return {"kind": "audio", **_plain(self)}


Described = ImageInput | AudioInput


def from_dict(content: Mapping[str, Any]) -> Described:
    """Returns the description of `as_dict`.

    Raises:
        UsageError, ValueError, TypeError: it is none.
    """
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items() if k != "kind"}
    if content.get("kind") == "image":
        return ImageInput(**values)
    if content.get("kind") == "audio":
        return AudioInput(**values)
    raise ValueError(f"descriptions are of images and audio, not of {content.get('kind')!r}")


def pair(size: int | Size) -> Size:
    """Returns height and width."""
    return (size, size) if isinstance(size, int) else size


def _plain(description: Described) -> dict[str, Any]:
    values = ((f.name, getattr(description, f.name), f.default) for f in fields(description))
    return {name: list(v) if isinstance(v, tuple) else v for name, v, default in values if v != default}


def _tuple(value: float | Numbers) -> Numbers:
    return value if isinstance(value, tuple) else (value,)


def _shown(value: float | Numbers) -> str:
    shown = [f"{v:g}" for v in _tuple(value)]
    return shown[0] if len(set(shown)) == 1 else f"({', '.join(shown)})"


def _is_scale(value: object) -> bool:
    return isinstance(value, Real) and 0 < abs(cast("float", value)) <= LARGEST


def _numbers(name: str, value: Any) -> float | Numbers:
    try:
        found = tuple(float(v) for v in value) if isinstance(value, list | tuple) else (float(value),)
    except (TypeError, ValueError, OverflowError):
        found = ()
    if len(found) not in (1, 3, 4) or not all(map(math.isfinite, found)):
        raise _wrong(name, value, "one number, or one for each of 3 or 4 channels")
    return found[0] if len(found) == 1 else found


def _size(name: str, value: Any) -> int | Size:
    found = tuple(value) if isinstance(value, list | tuple) else (value,)
    if len(found) not in (1, 2) or not all(isinstance(v, int) and 0 < v < 1 << 16 for v in found):
        raise _wrong(name, value, "pixels of a side, or height and width")
    return found[0] if len(found) == 1 else (found[0], found[1])


def _wrong(name: str, value: object, expected: str) -> UsageError:
    return UsageError(f"{name} is {value}", expected=expected)
