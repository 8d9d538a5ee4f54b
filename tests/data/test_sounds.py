"""Recordings become numbers as they are described."""

import struct
from pathlib import Path

import numpy as np
import pytest

from intact.data import open_samples
from intact.data.described import AudioInput
from intact.data.sounds import resampled
from intact.ir.port import Port
from intact.ir.types import DType, TensorType

RATE = 8000
SINE = np.sin(np.arange(400) * 2 * np.pi * 20 / 400).astype(np.float32) / 2  # 20 whole periods


def write(path: Path, frames: np.ndarray, tag: int = 1, bits: int = 16, rate: int = RATE) -> Path:
    """Writes what the integers or floats of an array are, (frames, channels), in little-endian bytes."""
    channels, width = frames.shape[1], bits // 8
    if bits == 24:
        content = b"".join(struct.pack("<i", v)[:3] for v in frames.reshape(-1).tolist())
    else:
        content = frames.astype({8: "u1"}.get(bits, f"<{'i' if tag == 1 else 'f'}{width}")).tobytes()
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * width, channels * width, bits)
    junk = b"LIST" + struct.pack("<I", 3) + b"odd\0"
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + junk + b"data" + struct.pack("<I", len(content)) + content
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def port(*shape: int, signature: tuple[int, ...] | None = None, dtype: DType = DType.FLOAT32) -> Port:
    return Port("s", TensorType(dtype, shape, signature))


def read(path: Path, to: Port, how: AudioInput | None = None) -> np.ndarray:
    return open_samples(path, [to], {} if how is None else {"s": how})[0].arrays["s"]


# A step of the integers, or float32's own rounding; floats are kept as they are.
@pytest.mark.parametrize(
    "tag, bits, tolerance", [(1, 8, 1 / 128), (1, 16, 2**-15), (1, 24, 2**-23), (1, 32, 1e-7), (3, 32, 0), (3, 64, 0)]
)
def test_all_kinds_of_numbers(tag: int, bits: int, tolerance: float, tmp_path: Path) -> None:
    stored = SINE.astype(np.float64)
    if tag == 1:
        stored = np.clip(np.round(stored * 2 ** (bits - 1)), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).astype(np.int64)
        stored += 128 if bits == 8 else 0
    found = read(write(tmp_path / "a.wav", stored[:, np.newaxis], tag, bits), port(1, 400))
    np.testing.assert_allclose(found[0], SINE, atol=tolerance, rtol=0)


@pytest.mark.parametrize("shape", [(400,), (1, 400), (1, 400, 1), (400, 1)])
def test_shapes(shape: tuple[int, ...], tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.wav", SINE[:, np.newaxis], 3, 32), port(*shape))
    np.testing.assert_array_equal(found.reshape(-1), SINE)
    assert found.shape == shape


@pytest.mark.parametrize("shape, signature, expected", [
    ((1,), (-1,), (400,)), ((1, 1), (1, -1), (1, 400)), ((1, 1, 2), (1, -1, 2), (1, 400, 2)),
])  # fmt: skip
def test_any_length(shape, signature, expected, tmp_path: Path) -> None:
    frames = np.stack([SINE, -SINE], axis=1)[:, : 2 if len(shape) == 3 else 1]
    assert read(write(tmp_path / "a.wav", frames, 3, 32), port(*shape, signature=signature)).shape == expected


def test_lengths_and_channels_are_noted(tmp_path: Path) -> None:
    write(tmp_path / "long.wav", np.stack([SINE, SINE * 0], axis=1), 3, 32)
    write(tmp_path / "short.wav", SINE[:90, np.newaxis], 3, 32)
    samples = open_samples(tmp_path, [port(1, 100)])
    np.testing.assert_array_equal(samples[0].arrays["s"][0], SINE[:100] / 2)
    np.testing.assert_array_equal(samples[1].arrays["s"][0], np.pad(SINE[:90], (0, 10)))
    assert samples.notes == (
        "input 's': real = sample, sample from -1 to 1; the files have 8000 Hz, the model does not say its own",
        "input 's': 1 of 2 recordings are shorter than 100 samples: silence follows them",
        "input 's': 1 of 2 recordings are longer than 100 samples: they are cut off there",
        "input 's': 1 of 2 recordings are of several channels: the mean of them is taken",
    )


@pytest.mark.parametrize("wanted", [4000, 8000, 12000, 44100])
def test_resampled_is_the_same_sound(wanted: int, tmp_path: Path) -> None:
    length = 400 * wanted // RATE
    file = write(tmp_path / "a.wav", SINE[:, np.newaxis], 3, 32)
    found = read(file, port(1, length), AudioInput(wanted, resample=True))[0]
    expected = np.sin(np.arange(length) * 2 * np.pi * 20 / length) / 2
    np.testing.assert_allclose(found, expected, atol=1e-6)
    notes = open_samples(file, [port(1, length)], {"s": AudioInput(wanted, resample=True)}).notes
    assert ("input 's': 1 of 1 recordings are of another sample rate: they are resampled" in notes) == (wanted != RATE)
    assert resampled(np.zeros((0, 1), np.float32), 3, 2).shape == (0, 1)


def test_scale(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", np.array([[-32768], [32767], [5]]))
    np.testing.assert_array_equal(read(file, port(1, 3), AudioInput(scale=32768))[0], [-32768, 32767, 5])
    np.testing.assert_array_equal(read(file, port(1, 3, dtype=DType.INT16))[0], [-32768, 32767, 5])


def test_a_length_that_nobody_knew_yet(tmp_path: Path) -> None:
    content = bytearray(write(tmp_path / "a.wav", SINE[:, np.newaxis], 3, 32).read_bytes())
    place = content.index(b"data") + 4
    content[place : place + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    np.testing.assert_array_equal(read(tmp_path / "a.wav", port(1, 400))[0], SINE)
