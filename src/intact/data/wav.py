"""RIFF/WAVE files: what their headers say, and their numbers from -1 to 1."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from intact.errors import DataError
from intact.files import readable
from intact.ir.types import Array

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN: Final = (0, 0xFFFFFFFF)
"""Sizes that programs write which do not know yet how much will come."""


@dataclass(frozen=True)
class Wave:
    """What the header of a file says.

    Args:
        path: the file.
        rate: Hz.
        channels: numbers a frame.
        bits: of a number.
        is_float: True for floats, False for integers.
        offset: bytes before the first frame.
        frames: how many there are.
    """

    path: Path
    rate: int
    channels: int
    bits: int
    is_float: bool
    offset: int
    frames: int

    def read(self, count: int | None = None) -> Array:
        """Returns the first `count` frames, or all: float32 (frames, channels), from -1 to 1.

        Raises:
            DataError: E306.
        """
        frames = self.frames if count is None else min(count, self.frames)
        width = self.bits // 8
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.offset)
                content = stream.read(frames * self.channels * width)
        except OSError as fault:
            raise _unreadable(self.path, str(fault.strerror)) from fault
        if len(content) < frames * self.channels * width:
            raise _unreadable(self.path, "it is cut off since it was opened")
        return self._numbers(content).reshape(frames, self.channels)

    def _numbers(self, content: bytes) -> Array:
        if self.is_float:
            return np.frombuffer(content, f"<f{self.bits // 8}").astype(np.float32)
        if self.bits == 8:
            return (np.frombuffer(content, np.uint8).astype(np.float32) - 128) / 128
        if self.bits == 24:
            wide = np.zeros((len(content) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(content, np.uint8).reshape(-1, 3)
            return (wide.view("<i4").reshape(-1) / 2**31).astype(np.float32)
        whole = np.frombuffer(content, f"<i{self.bits // 8}")
        return (whole / 2.0 ** (self.bits - 1)).astype(np.float32)


def wave(path: Path) -> Wave:
    """Returns what the header of a .wav file says.

    Raises:
        UsageError: E001.
        DataError: E306 for anything but PCM of 8, 16, 24 or 32 bits or floats of 32 or 64.
    """
    size = readable(path).stat().st_size
    form: tuple[int, int, int, int] | None = None
    with path.open("rb") as stream:
        head = stream.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise _unreadable(path, "it does not start with RIFF and WAVE")
        while len(head := stream.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            if name == b"data":
                if form is None:
                    raise _unreadable(path, "its data come before their format")
                return _checked(path, form, stream.tell(), length, size)
            if name == b"fmt ":
                form = _form(path, stream.read(length) if length < 4096 else b"")
                stream.seek(length % 2, 1)
            else:
                stream.seek(length + length % 2, 1)
    raise _unreadable(path, "it holds no data")


def _form(path: Path, content: bytes) -> tuple[int, int, int, int]:
    """Returns tag, channels, rate and bits."""
    if len(content) < 16:
        raise _unreadable(path, "its format is cut off")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
    if tag == _EXTENSIBLE and len(content) >= 26:
        tag = struct.unpack_from("<H", content, 24)[0]
    return tag, channels, rate, bits


def _checked(path: Path, form: tuple[int, int, int, int], offset: int, length: int, size: int) -> Wave:
    tag, channels, rate, bits = form
    known = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64)}
    if bits not in known.get(tag, ()):
        raise _unreadable(path, f"its numbers are of kind {tag} with {bits} bits")
    if not channels or not rate:
        raise _unreadable(path, f"it says {channels} channels at {rate} Hz")
    there = size - offset
    if length in _UNKNOWN:
        length = there
    if length > there:
        raise _unreadable(path, f"it is cut off: {length} bytes of data are announced, there are {there}")
    return Wave(path, rate, channels, bits, tag == _FLOAT, offset, length // (channels * bits // 8))


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(
        f"is not a .wav file that can be read: {why}",
        code="E306",
        expected="PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64 bits",
        where=str(path),
    )
