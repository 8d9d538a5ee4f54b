"""Sets of samples that no network should be calibrated on, each with the code that the data doctor must name.

All are Python objects, so that benchmarks/data_doctor.py can give the same sets to another tool.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import doctor_models as models
from command import FLOAT
from digits import int8
from doctor_models import as_bytes, pictures, tinted
from intact.formats.format import load
from intact.ir.model import Model


@dataclass(frozen=True)
class Hostile:
    """A set.

    Args:
        name: what is wrong with it.
        code: that must be found; none else may be, but E304 where bytes that are read wrongly happen to be NaN.
        model: what it is for.
        data: makes it: a stack for one input, a dict, or a list of samples.
    """

    name: str
    code: str
    model: Callable[[], Model]
    data: Callable[[], Any]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def photos(count: int = 32) -> np.ndarray:
    return pictures(count, 24, 24, 3)


def rows(count: int = 64, width: int = 12) -> np.ndarray:
    return rng().uniform(-1, 1, (count, width)).astype(np.float32)


def sound(count: int = 16, size: int = 8000) -> np.ndarray:
    """Tones with overtones, some louder and some softer."""
    time = np.arange(size) / 16000
    made = np.empty((count, size), np.float32)
    for index in range(count):
        pitch, loud = rng(index).uniform(80, 400), rng(index + 99).uniform(0.1, 0.9)
        made[index] = loud * sum(np.sin(2 * np.pi * pitch * k * time + k) / k**2 for k in range(1, 6)) / 1.5
    return made


def sentences(count: int = 32) -> np.ndarray:
    return rng().integers(0, 50, (count, 16)).astype(np.int32)


def frames(count: int = 32) -> dict[str, np.ndarray]:
    return {"frame": rows(count, 40), "state": np.zeros((count, 16), np.float32)}


def put(array: np.ndarray, where: tuple[int, ...] | int, value: float) -> np.ndarray:
    array[where] = value
    return array


def frozen(array: np.ndarray, begin: int, end: int) -> np.ndarray:
    array[begin:end] = array[begin]
    return array


def channels_first(stack: np.ndarray) -> np.ndarray:
    """A stack of pictures stored channels first, declared channels last: reshape in place of transpose."""
    return np.ascontiguousarray(stack.transpose(0, 3, 1, 2)).reshape(stack.shape)


def one_hot(which: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[which]


def with_column(stack: np.ndarray, column: np.ndarray, place: int) -> np.ndarray:
    stack[:, place] = column
    return stack


def exhausted() -> Any:
    given = iter(photos(4))
    list(given)
    return given


def labelled() -> list[Any]:
    return [(picture, index % 5) for index, picture in enumerate(photos(8))]


def floats_of(stack: np.ndarray, dtype: str) -> np.ndarray:
    """The bytes of another type read as float32."""
    return np.frombuffer(stack.astype(dtype).tobytes(), "<f4")[: stack.size].reshape(stack.shape).copy()


def text_as_floats() -> np.ndarray:
    words = b"x,y,label\n" + b"".join(b"%.3f,%.4f,cat\n" % tuple(row[:2]) for row in rows(400) * 99)
    return np.frombuffer(words[: 64 * 12 * 4], "<f4").reshape(64, 12).copy()


def digits() -> Model:
    return load(FLOAT)


def bright() -> np.ndarray:
    return pictures(40, 8, 8, 1)


REFUSED = [
    Hostile("channels first", "E302", models.of_units, lambda: photos().transpose(0, 3, 1, 2)),
    Hostile("another size", "E302", models.of_units, lambda: pictures(8, 32, 32, 3)),
    Hostile("flattened", "E302", models.of_units, lambda: photos().reshape(32, -1)),
    Hostile("one dimension too many", "E302", models.of_units, lambda: photos()[:, None, None]),
    Hostile("grey for colour", "E302", models.of_units, lambda: photos()[..., :1]),
    Hostile("four channels for three", "E302", models.of_units, lambda: np.concatenate([photos()] * 2, -1)[..., :4]),
    Hostile("time and coefficients swapped", "E302", models.spectrum, lambda: pictures(16, 10, 49, 1)),
    Hostile("labels in place of samples", "E302", models.of_units, lambda: np.arange(32) % 5),
    Hostile("one number", "E306", models.features, lambda: 0.5),
    Hostile("one sample of another shape", "E302", models.of_units, lambda: [*photos(4), pictures(1, 23, 24, 3)[0]]),
    Hostile("a row too short", "E302", models.features, lambda: rows(16, 11)),
    Hostile(
        "as many of one input as half of the other",
        "E302",
        models.streaming,
        lambda: {"frame": rows(32, 40), "state": np.zeros((16, 16), np.float32)},
    ),
    Hostile("an empty list", "E301", models.of_units, list),
    Hostile("an empty stack", "E301", models.of_units, lambda: photos(4)[:0]),
    Hostile("an iterator that was read before", "E301", models.of_units, exhausted),
    Hostile("an input without data", "E305", models.streaming, lambda: {"frame": rows(16, 40)}),
    Hostile("a name misspelt", "E305", models.streaming, lambda: {"frames": rows(16, 40), "state": rows(16, 16)}),
    Hostile("an array for no input", "E305", models.streaming, lambda: {**frames(), "id": np.arange(32)}),
    Hostile("one array for two inputs", "E305", models.streaming, lambda: rows(16, 40)),
    Hostile("lists of three for two inputs", "E305", models.streaming, lambda: [[rows(1, 40), rows(1, 16), 3.0]] * 8),
    Hostile("text", "E303", models.features, lambda: np.full((16, 12), "0.5")),
    Hostile("nothing", "E303", models.features, lambda: [None] * 4),
    Hostile("complex numbers", "E303", models.features, lambda: rows() * 1j),
    Hostile("dates", "E303", models.features, lambda: np.full((4, 12), np.datetime64("2020-01-01"))),
    Hostile("beyond float32", "E303", models.features, lambda: put(rows().astype(np.float64), (3, 4), 1e300)),
    Hostile("fractions for tokens", "E303", models.tokens, lambda: sentences() + 0.5),
    Hostile("tokens beyond int32", "E303", models.tokens, lambda: put(sentences().astype(np.int64), (2, 3), 2**40)),
    Hostile("pairs of sample and label", "E306", models.of_units, labelled),
    Hostile("rows of different lengths", "E306", models.features, lambda: [[0.5] * 12, [[0.5] * 3, [0.5] * 9]]),
    Hostile("one NaN in 100 pictures", "E304", models.of_units, lambda: put(photos(100), (57, 3, 4, 1), np.nan)),
    Hostile("one picture all NaN", "E304", models.of_units, lambda: put(photos(100), 99, np.nan)),
    Hostile("one infinity", "E304", models.features, lambda: put(rows(), (0, 0), np.inf)),
    Hostile("one row of minus infinity", "E304", models.features, lambda: put(rows(), 40, -np.inf)),
    Hostile(
        "NaN in the state alone",
        "E304",
        models.streaming,
        lambda: {"frame": rows(32, 40), "state": put(np.zeros((32, 16), np.float32), (31, 2), np.nan)},
    ),
]

WARNED = [
    Hostile("black pictures among others", "W301", models.of_units, lambda: put(photos(), (slice(4, 7),), 0)),
    Hostile("a white picture", "W301", models.grey, lambda: put(pictures(32, 28, 28, 1), 31, 1)),
    Hostile("a picture of 0..255 that is black", "W301", models.of_bytes, lambda: put(as_bytes(photos()), 3, 0)),
    Hostile("silence", "W301", models.recording, lambda: put(sound(), 2, 0)),
    Hostile(
        "an empty frame and an empty state",
        "W301",
        models.streaming,
        lambda: {**frames(), "frame": put(rows(32, 40), 5, 0)},
    ),
    Hostile("padding alone", "W301", models.tokens, lambda: put(sentences(), 9, 0)),
    Hostile("every sample twice", "W302", models.of_units, lambda: np.repeat(photos(), 2, axis=0)),
    Hostile("one row 40 times", "W302", models.one_hot_tokens, lambda: frozen(one_hot(words(64), 30), 8, 48)),
    Hostile("a video that froze", "W302", models.grey, lambda: frozen(pictures(48, 28, 28, 1), 30, 48)),
    Hostile("a sentence repeated", "W302", models.tokens, lambda: frozen(sentences(), 4, 6)),
    Hostile("a recording repeated", "W302", models.recording, lambda: frozen(sound(), 10, 12)),
    Hostile("0..255 for 0..1", "W303", models.of_units, lambda: as_bytes(photos())),
    Hostile("uint8 for 0..1", "W303", models.of_units, lambda: as_bytes(photos()).astype(np.uint8)),
    Hostile("0..255 for -1..1, clamped", "W303", models.of_signs, lambda: as_bytes(photos())),
    Hostile("0..255 for 0..1, grey", "W303", models.grey, lambda: as_bytes(pictures(32, 28, 28, 1))),
    Hostile("0..255 for a mean of 0.485", "W303", models.centring, lambda: as_bytes(photos())),
    Hostile("-128..127 for 0..1", "W303", models.of_units, lambda: as_bytes(photos()) - 128),
    Hostile("less the mean of 110, not divided", "W303", models.of_signs, lambda: as_bytes(photos()) - 110),
    Hostile("0..255 for the digits", "W303", digits, lambda: as_bytes(bright())),
    Hostile("16 bits for -1..1", "W303", models.of_sound, lambda: np.round(sound(24) * 32767)),
    Hostile("0..255 with biases near zero", "W303", models.plain, lambda: as_bytes(photos())),
    Hostile("0..1 for 0..255", "W304", models.of_bytes, photos),
    Hostile("-1..1 for 0..255", "W304", models.of_bytes, lambda: 2 * photos() - 1),
    Hostile("as for ImageNet for 0..255", "W304", models.of_bytes, lambda: (photos() - 0.45) / 0.225),
    Hostile("0..1 where the network divides by 127.5", "W304", models.rescaling, photos),
    Hostile("-1..1 where the network divides by 127.5", "W304", models.rescaling, lambda: 2 * photos() - 1),
    Hostile("0..1 where the network takes 110 away", "W304", models.caffe, photos),
    Hostile("-1..1 for 16 bits", "W304", models.of_words, lambda: sound(24)),
    Hostile("reshaped from channels first", "W305", models.of_units, lambda: channels_first(photos())),
    Hostile("reshaped, 0..255", "W305", models.of_bytes, lambda: channels_first(as_bytes(photos()))),
    Hostile("reshaped, -1..1", "W305", models.of_signs, lambda: channels_first(2 * photos() - 1)),
    Hostile("reshaped to channels first", "W305", models.first, lambda: photos().reshape(-1, 3, 24, 24)),
    Hostile("blue first", "W306", models.colours, lambda: tinted(48)[..., ::-1]),
    Hostile("uniform noise", "W307", models.of_units, lambda: rng().random((32, 24, 24, 3), np.float32)),
    Hostile("normal noise", "W307", models.of_signs, lambda: rng().normal(0, 0.5, (32, 24, 24, 3))),
    Hostile("noise of bytes", "W307", models.of_bytes, lambda: rng().integers(0, 256, (32, 24, 24, 3))),
    Hostile("small noise", "W307", models.spectrum, lambda: rng().normal(0, 9, (32, 49, 10, 1))),
    Hostile("a recording of noise", "W307", models.recording, lambda: rng().normal(0, 0.1, (32, 8000))),
    Hostile(
        "noise among pictures", "W307", models.of_units, lambda: put(photos(), 3, rng().random((24, 24, 3), np.float32))
    ),
    Hostile("labels first", "W308", models.features, lambda: with_column(rows(), np.arange(64) % 3, 0)),
    Hostile("labels last", "W308", models.features, lambda: with_column(rows(), rng().integers(0, 10, 64), 11)),
    Hostile("row numbers first", "W308", models.features, lambda: with_column(rows(), np.arange(64), 0)),
    Hostile("targets for inputs", "W308", models.square, lambda: one_hot(np.arange(40) % 10, 10)),
    Hostile("one picture", "W309", models.of_units, lambda: photos(1)),
    Hostile("two pictures", "W309", models.of_bytes, lambda: as_bytes(photos(2))),
    Hostile("four rows", "W309", models.features, lambda: rows(4) * np.array([[1], [0.1], [3], [0.3]], np.float32)),
    Hostile("heavy tails", "W309", models.dense, lambda: rng(3).standard_t(1, (24, 12))),
    Hostile("half of them scaled", "W310", models.square_pictures, lambda: put_scaled(photos(), 16)),
    Hostile("one of them scaled", "W310", models.square_pictures, lambda: put_scaled(photos(), 1)),
    Hostile("one row in another unit", "W310", models.dense, lambda: put(rows(), 7, rows()[7] * 1e6)),
    Hostile("the other byte order", "W311", models.dense, lambda: floats_of(rows(), ">f4")),
    Hostile("integers read as floats", "W311", models.dense, lambda: floats_of(abs(rows()) * 1e6, "<i4")),
    Hostile("doubles read as floats", "W311", models.dense, lambda: floats_of(rng().uniform(-3, 3, (64, 12)), "<f8")),
    Hostile("text read as floats", "W311", models.dense, text_as_floats),
    Hostile("tokens of another vocabulary", "W312", models.tokens, lambda: sentences() + 40),
    Hostile("-1 for padding", "W312", models.tokens, lambda: put(sentences(), (slice(4), slice(12, 16)), -1)),
    Hostile("reals beyond an int8 input", "W313", int8, lambda: as_bytes(bright())),
    Hostile("reals of one step of an int8 input", "W313", int8, lambda: bright() / 255),
]

SETS = REFUSED + WARNED


def words(count: int) -> np.ndarray:
    return rng(1).integers(0, 30, (count, 12))


def put_scaled(stack: np.ndarray, count: int) -> np.ndarray:
    stack[count:] = as_bytes(stack[count:])
    return stack
