"""Descriptions of inputs as a user writes them: `mean=127.5,std=127.5,crop=224`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from intact.data.described import AudioInput, ImageInput, Numbers, Size
from intact.errors import UsageError


def parse_image(text: str) -> ImageInput:
    """Returns the description that a text such as `mean=127.5,std=127.5,resize=256,crop=224,channels=bgr` gives.

    Raises:
        UsageError: E003.
    """
    return ImageInput(**_parsed(text, _IMAGE))


def parse_audio(text: str) -> AudioInput:
    """Returns the description that a text such as `rate=16000,resample=yes` gives.

    Raises:
        UsageError: E003.
    """
    return AudioInput(**_parsed(text, _AUDIO))


def parse_named(text: str) -> tuple[str | None, str]:
    """Returns the input that a text `INPUT:KEY=VALUE,...` names, None where it names none, and the rest.

    Names of tensors may hold colons themselves: the last one before the first `=` counts.
    """
    head, equals, rest = text.partition("=")
    name, colon, key = head.rpartition(":")
    return (name, key + equals + rest) if colon and equals else (None, text)


def numbers(name: str, text: str, counts: Sequence[int], separator: str) -> Numbers:
    """Returns the numbers of an option; fractions such as 1/255 are numbers too.

    Raises:
        UsageError: E003 for anything else, or another count of them.
    """
    try:
        found = tuple(_number(part) for part in text.split(separator))
    except (ValueError, ZeroDivisionError):
        found = ()
    if len(found) not in counts:
        several = " or ".join(map(str, counts))
        raise UsageError(f"{name} {text}", expected=f"{several} numbers with '{separator}' between")
    return found


def _parsed(text: str, read: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in text.split(","):
        key, equals, value = (part.strip() for part in item.partition("="))
        if not equals or key not in read:
            close = difflib.get_close_matches(key, read, n=1)
            raise UsageError(
                f"'{item.strip()}' is not understood",
                expected=f"KEY=VALUE with commas between, the keys {', '.join(read)}",
                fix=f"Perhaps '{close[0]}=' is meant" if close and close[0] != key else None,
            )
        if key in found:
            raise UsageError(f"{key} is given twice", expected="one value")
        try:
            found[key] = read[key](value)
        except (ValueError, KeyError, ZeroDivisionError):
            form = _FLAG_FORM if read[key] is _flag else _FORMS.get(key, "a number")
            raise UsageError(f"{key} is '{value}'", expected=form) from None
    return found


def _number(text: str) -> float:
    above, slash, below = text.partition("/")
    return float(above) / float(below) if slash else float(text)


def _numbers(text: str) -> Numbers:
    return tuple(_number(part) for part in text.split(":"))


def _size(text: str) -> int | Size:
    sides = [int(part) for part in text.lower().split("x")]
    if len(sides) == 1:
        return sides[0]
    high, wide = sides
    return high, wide


def _channels(text: str) -> str:
    return "grey" if text.lower() in ("gray", "grayscale", "greyscale") else text.lower()


def _flag(text: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[text.lower()]


_IMAGE: Final[dict[str, Callable[[str], Any]]] = {
    "mean": _numbers, "std": _numbers, "scale": _number, "resize": _size, "crop": _size, "channels": _channels,
    "layout": str.lower, "resample": str.lower,
}  # fmt: skip
_AUDIO: Final[dict[str, Callable[[str], Any]]] = {"rate": int, "resample": _flag, "scale": _number}
_FLAG_FORM: Final = "yes or no"
_FORMS: Final = {
    "mean": "one number, or one for each channel with colons between, such as 123.7:116.8:103.9",
    "std": "one number, or one for each channel with colons between, such as 58.4:57.1:57.4",
    "resize": "pixels of the shorter side, or HEIGHTxWIDTH",
    "crop": "pixels of a side, or HEIGHTxWIDTH",
    "rate": "samples a second",
}
"""What a key takes, for messages."""
