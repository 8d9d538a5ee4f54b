"""Sets of samples with which nothing is wrong, odd as some of them look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import doctor_models as models
from command import CALIBRATION, FLOAT, HELD_BACK
from digits import int8
from doctor_models import as_bytes, coefficients, pictures, tinted
from hostile_sets import frames, one_hot, photos, rng, rows, sentences, sound, words
from intact.formats.format import load
from intact.ir.model import Model


@dataclass(frozen=True)
class Good:
    """A set, and the model it is for."""

    name: str
    model: Callable[[], Model]
    data: Callable[[], Any]


def digits() -> Model:
    return load(FLOAT)


def masks(count: int = 32) -> dict[str, np.ndarray]:
    mask = np.ones((count, 16, 16, 1), np.float32)
    mask[::2, :8] = 0
    return {"image": pictures(count, 16, 16, 1), "mask": mask}


def table(count: int = 96) -> np.ndarray:
    """A table with two whole features among the others: rooms, age."""
    made = rows(count)
    made[:, 0] = rng().integers(1, 6, count)
    made[:, 5] = rng().integers(20, 80, count) / 10
    made[:, 11] = rng().integers(0, 2, count)
    return made


def sparse(count: int = 64) -> np.ndarray:
    """Features as a network before makes them: half of them 0, in no order."""
    return np.maximum(rng().normal(0, 1, (count, 12)), 0).astype(np.float32)


def board(count: int = 48) -> np.ndarray:
    """Drawings of strokes on white paper, scaled."""
    made = np.ones((count, 28, 28, 1), np.float32)
    for index, picture in enumerate(made):
        at = rng(index).integers(4, 24, (6, 2))
        for row, column in at:
            picture[row : row + 2, max(column - 5, 0) : column + 3] = 0
    return made


def plain(count: int = 48) -> np.ndarray:
    """Pictures, a sixth of them of one colour each: a red sign, a blue sky."""
    made = photos(count)
    made[::6] = rng().random((len(made[::6]), 1, 1, 3), np.float32)
    return made


GOOD = [
    Good("digits", digits, lambda: CALIBRATION),
    Good("digits held back", digits, lambda: HELD_BACK),
    Good("digits for an int8 model", int8, lambda: CALIBRATION),
    Good("0..1", models.of_units, lambda: photos(48)),
    Good("some pictures of one colour", models.of_units, plain),
    Good("some pictures of one colour, 0..255", models.of_bytes, lambda: as_bytes(plain())),
    Good("0..255", models.of_bytes, lambda: as_bytes(photos(48))),
    Good("uint8", models.of_bytes, lambda: as_bytes(photos(48)).astype(np.uint8)),
    Good("-1..1", models.of_signs, lambda: 2 * photos(48) - 1),
    Good("0..255 where the network divides by 127.5", models.rescaling, lambda: as_bytes(photos(48))),
    Good("0..255 where the network takes the mean away", models.caffe, lambda: as_bytes(photos(48))[..., ::-1]),
    Good("0..1 for a mean of 0.485", models.centring, lambda: photos(48)),
    Good("channels first", models.first, lambda: np.ascontiguousarray(photos(48).transpose(0, 3, 1, 2))),
    Good("red first", models.colours, lambda: tinted(96)),
    Good("grey", models.grey, lambda: pictures(48, 28, 28, 1)),
    Good("drawings on white", models.grey, board),
    Good("features", models.features, lambda: rows(128)),
    Good("a table with whole columns", models.features, table),
    Good("activations of another network", models.features, sparse),
    Good("sentences", models.tokens, lambda: sentences(64)),
    Good("sentences in int64", models.tokens, lambda: sentences(64).astype(np.int64)),
    Good("one-hot tokens", models.one_hot_tokens, lambda: one_hot(words(64), 30)),
    Good("sound", models.of_sound, lambda: sound(32)),
    Good("16-bit sound", models.of_words, lambda: np.round(sound(32) * 32767)),
    Good("MFCC", models.spectrum, coefficients),
    Good("frames, the state zero throughout", models.streaming, lambda: frames(64)),
    Good("masks, some of which hide nothing", models.masked, masks),
    Good("samples one by one", models.of_units, lambda: ({"x": p[np.newaxis]} for p in photos(32))),
]
