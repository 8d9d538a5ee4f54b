"""Recordings as samples: read when they are needed, one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from intact.data.described import AudioInput
from intact.data.described_fit import MOST_CHANNELS
from intact.data.stored import Rows
from intact.data.wav import Wave, wave
from intact.errors import DataError
from intact.ir.port import Port
from intact.ir.types import Array, DType, Shape

SUFFIXES: Final = frozenset({".wav"})


@dataclass(frozen=True)
class SoundFile:
    """The recording of a file, as an input takes it: cut off at its length, or silent at the end.

    Args:
        file: what its header says.
        description: sample rate and scale.
        length: frames that the input takes; None where it takes any number.
        channels: numbers a frame that the input takes.
        shape: of the whole input.
        dtype: int16 where the input stores the file's own integers, else float32.
    """

    file: Wave
    description: AudioInput
    length: int | None
    channels: int
    shape: Shape
    dtype: np.dtype[Any]

    def open(self) -> Rows:
        """Returns a reader.

        Raises:
            DataError: E306.
        """
        return lambda row: self._read() if row is None else self._read()[row]

    @property
    def frames(self) -> int:
        """Frames of the file at the rate of the input."""
        return resampled_length(self.file.frames, self.file.rate, self.description.rate or self.file.rate)

    def _read(self) -> Array:
        length = self.frames if self.length is None else self.length
        wanted = self.description.rate or self.file.rate
        if wanted == self.file.rate:
            sound = self.file.read(length)
        else:
            sound = resampled(self.file.read(), self.file.rate, wanted)[:length]
        if self.channels == 1 < self.file.channels:
            sound = sound.mean(axis=1, keepdims=True, dtype=np.float32)
        if self.dtype == np.int16:
            sound = np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
        elif self.description.scale != 1:
            sound = sound * np.float32(self.description.scale)
        fitted = np.zeros((length, self.channels), self.dtype)
        fitted[: len(sound)] = sound
        return fitted.reshape(self.shape)


def sound_file(path: Path, port: Port, how: AudioInput | None) -> SoundFile:
    """Returns the recording of a file, its header read.

    Raises:
        UsageError: E001.
        DataError: E302 for an input that takes no waveform, another sample rate, or too few channels; E306.
    """
    described = how or AudioInput()
    try:
        length, channels = _waveform(port)
        file = wave(path)
        if described.rate not in (None, file.rate) and not described.resample:
            raise DataError(
                f"has {file.rate} Hz, input '{port.name}' takes {described.rate} Hz",
                expected="the rate that the model was trained on",
                fix=f"--audio rate={described.rate},resample=yes resamples",
            )
        if channels not in (1, file.channels):
            raise DataError(f"has {file.channels} channels, input '{port.name}' takes {channels}")
    except DataError as fault:
        raise fault if fault.where else fault.at(str(path)) from None
    own = how is None and port.type.dtype == DType.INT16 and port.type.quant is None
    found = SoundFile(file, described, length, channels, (), np.dtype(np.int16 if own else np.float32))
    return SoundFile(file, described, length, channels, _shape(port, found.frames), found.dtype)


def notes_on_sounds(name: str, files: Iterable[SoundFile]) -> list[str]:
    """Returns what a user should know of how the recordings for an input were taken.

    Raises:
        DataError: E302 where their rates differ and none is described.
    """
    first: SoundFile | None = None
    count = short = long = mixed = resampled_files = 0
    for one in files:
        first = first or one
        if one.description.rate is None and one.file.rate != first.file.rate:
            raise DataError(
                f"has {one.file.rate} Hz, {first.file.path.name} has {first.file.rate} Hz",
                expected="one rate, the one that the model was trained on",
                fix="--audio rate=HZ,resample=yes says which and resamples the others",
                where=str(one.file.path),
            )
        count += 1
        short += one.length is not None and one.frames < one.length
        long += one.length is not None and one.frames > one.length
        mixed += one.file.channels > one.channels
        resampled_files += one.description.rate not in (None, one.file.rate)
    if first is None:
        return []
    own = "the 16-bit integers themselves" if first.dtype == np.int16 else str(first.description)
    rate = "" if first.description.rate else f"; the files have {first.file.rate} Hz, the model does not say its own"
    notes = [f"input '{name}': {own}{rate}"]
    for number, what in (
        (short, f"shorter than {first.length} samples: silence follows them"),
        (long, f"longer than {first.length} samples: they are cut off there"),
        (mixed, "of several channels: the mean of them is taken"),
        (resampled_files, "of another sample rate: they are resampled"),
    ):
        if number:
            notes.append(f"input '{name}': {number} of {count} recordings are {what}")
    return notes


def resampled_length(frames: int, rate: int, wanted: int) -> int:
    """Returns how many frames a recording has at another rate."""
    return -(-frames * wanted // rate)


def resampled(sound: Array, rate: int, wanted: int) -> Array:
    """Returns a recording at another rate, its spectrum cut off or extended.

    The whole recording is taken as one period, so the ends may ring where they differ.

    Args:
        sound: float32 (frames, channels).
        rate, wanted: Hz.
    Returns:
        float32 (frames * wanted / rate, channels).
    """
    frames = resampled_length(len(sound), rate, wanted)
    if not len(sound) or frames == len(sound):
        return sound
    found = np.fft.irfft(np.fft.rfft(sound, axis=0), frames, axis=0) * (frames / len(sound))
    return found.astype(np.float32)


def _waveform(port: Port) -> tuple[int | None, int]:
    """Returns the length, None for any, and the channels of the waveform that an input takes."""
    shape, declared = port.type.shape or (), port.type.signature or port.type.shape or ()
    inner, ends = (shape[1:], declared[1:]) if len(shape) > 1 and shape[0] == 1 else (shape, declared)
    if len(inner) not in (1, 2) or (len(inner) == 2 and not 1 <= inner[1] <= MOST_CHANNELS):
        raise DataError(
            f"input '{port.name}' of shape {list(shape)} takes no waveform",
            expected="[N], [1, N] or [1, N, channels]",
            fix="Where the model takes features such as a spectrogram, compute them as in training and save .npy files",
        )
    return None if ends[0] == -1 else inner[0], inner[1] if len(inner) == 2 else 1


def _shape(port: Port, frames: int) -> Shape:
    shape, declared = port.type.shape or (), port.type.signature or port.type.shape or ()
    batch = len(shape) > 1 and shape[0] == 1
    full = [*(shape[1:] if batch else shape)]
    is_open = (declared[1:] if batch else declared)[0] == -1
    if is_open:
        full[0] = frames
    # A first dimension of 1 is else taken for the batch: one recording of any length is given as a stack of one.
    return (1, *full) if batch or (is_open and shape[0] == 1) else tuple(full)
