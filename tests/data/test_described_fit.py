"""Descriptions that cannot be true: of another kind of input, or of other numbers than the arrays hold."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import intact
from command import Intact
from intact.data.described import AudioInput, Described, ImageInput
from intact.data.described_fit import takes
from intact.errors import UsageError
from intact.ir.model import Model
from intact.ir.text import parse
from intact.ir.types import DType, TensorType

SIGNS, UNITS = ImageInput(mean=127.5, std=127.5), ImageInput(mean=0, std=255)


def model_of(*shapes: str) -> Model:
    inputs = ", ".join(f"%x{i}: float32[{shape}]" for i, shape in enumerate(shapes))
    return parse(f"graph main({inputs}) -> (%y) {{\n  %y = RELU(%x0)\n}}")


def stack(low: float, high: float, *shape: int) -> np.ndarray:
    return np.linspace(low, high, 20 * int(np.prod(shape)), dtype=np.float32).reshape(20, *shape)


@pytest.mark.parametrize(
    ("shape", "image", "sound"),
    [
        ((1, 32, 32, 3), True, False),
        ((32, 32, 1), True, False),
        ((1, 4, 32, 32), True, False),
        ((1, 49, 10, 1), True, False),
        ((1, 16, 16, 7), False, False),
        ((1, 16000), False, True),
        ((16000,), False, True),
        ((2, 16000, 2), False, False),
        ((1, 16000, 1), True, True),
        ((), False, False),
        ((1, 40, 98), True, False),
        ((1, 16000, 2), True, True),
        (None, True, True),
    ],
)
def test_what_takes_what(shape: tuple[int, ...] | None, image: bool, sound: bool) -> None:
    taken = [takes(TensorType(DType.FLOAT32, shape), one) for one in (SIGNS, AudioInput(16000))]
    assert taken == [image, sound]


@pytest.mark.parametrize(
    ("shape", "one", "problem"),
    [
        ("1,32,32,3", AudioInput(16000), r"input 'x0' of shape \[1, 32, 32, 3\] is described as sound, and takes none"),
        ("1,12", SIGNS, r"input 'x0' of shape \[1, 12\] is described as image, and takes none; expected an input of 1"),
    ],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_a_kind_that_cannot_fit(shape: str, one: Described, problem: str, is_named: bool) -> None:
    model = model_of(shape)
    how = {"x0": one} if is_named else one
    with pytest.raises(UsageError, match=problem):
        intact.describe_inputs(model, how)
    with pytest.raises(UsageError, match=problem):
        intact.samples(model, stack(0, 1, *map(int, shape.split(",")[1:])), inputs=how)


def test_one_for_all_inputs_is_for_those_it_fits() -> None:
    model = model_of("1,8,8,3", "1,12")
    notes = intact.describe_inputs(model, SIGNS)
    assert [note.split(":")[0] for note in notes] == ["input 'x0'"]


@pytest.mark.parametrize(
    ("shape", "one", "text"),
    [
        (
            "1,8,8,3",
            ImageInput(mean=(1, 2, 3, 4)),
            "4 numbers are given as mean of the 3 channels of 'x0'",
        ),
        ("1,8,8,1", ImageInput(std=(1, 2, 3)), "3 numbers are given as std of the 1 channels of 'x0'; expected 1"),
        ("1,3,8,8", ImageInput(mean=(1, 2, 3)), None),
        ("1,8,8,3", ImageInput(mean=(1, 2, 3), std=2), None),
    ],
)
def test_as_many_means_as_channels(shape: str, one: ImageInput, text: str | None) -> None:
    if text is None:
        assert intact.describe_inputs(model_of(shape), one)
        return
    with pytest.raises(UsageError, match=text):
        intact.describe_inputs(model_of(shape), one)
    with pytest.raises(UsageError, match=text):
        intact.contract(model_of(shape), mean=one.mean, std=one.std)


@pytest.mark.parametrize(
    "value", [np.ones(3), "a", {}, [[1], [2], [3]], 10**400], ids=["array", "text", "dict", "nested", "huge"]
)
@pytest.mark.parametrize("name", ["mean", "std", "scale", "channels", "resize"])
def test_what_is_no_value_is_an_error(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=f"^{name} is"):
        ImageInput(**{name: value})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"workers": "2"}, "workers is '2'; expected an integer, 1 or more"),
        ({"threads": 0}, "threads is 0; expected an integer, 1 or more"),
        ({"executor": 3}, "the executor is a int; expected one as concurrent.futures has them"),
        ({"observe": 3}, "there is no observer 3; expected one of"),
        ({"observe": ["mse"]}, "there is no observer"),
        ({"until_stable": "0.1"}, "ranges are to be stable to 0.1 of their width"),
    ],
)
def test_calibrate_refuses_what_makes_no_sense(arguments: dict[str, object], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        intact.calibrate(model_of("1,12"), stack(0, 1, 12), isolate=False, **arguments)


@pytest.mark.parametrize(
    ("one", "low", "high", "verdict"),
    [
        (SIGNS, -1, 1, "fits"),
        (SIGNS, -0.2, 0.3, "fits"),
        (SIGNS, -1.05, 1.02, "fits"),
        (SIGNS, 0, 255, r"real = \(pixel - 127.5\) / 127.5 in \[-1, 1\], and its arrays hold numbers in \[0, 255\]"),
        (UNITS, -1, 1, r"real = pixel / 255 in \[0, 1\], and its arrays hold numbers in \[-1, 1\]"),
        (ImageInput(mean=0), 0, 255, "fits"),
        (ImageInput(mean=0), 0, 1, "hardly"),
        (ImageInput(channels="bgr"), 0, 1, "nothing"),
    ],
)
def test_ranges_of_arrays(one: ImageInput, low: float, high: float, verdict: str) -> None:
    model, data = model_of("1,8,8,3"), stack(low, high, 8, 8, 3)
    if verdict.startswith("real"):
        with pytest.raises(UsageError, match="input 'x0' is described as " + verdict):
            intact.samples(model, data, inputs=one)
        return
    notes = [n for n in intact.samples(model, data, inputs=one).notes if "arrays are taken as they are" in n]
    assert len(notes) == (verdict != "nothing")
    assert any("these are hardly the same" in note for note in notes) == (verdict == "hardly")


def test_recordings_of_16_bits() -> None:
    model, data = model_of("1,400"), stack(-20000, 20000, 400)
    with pytest.raises(UsageError, match=r"real = sample in \[-1, 1\], and its arrays hold numbers in \[-2e"):
        intact.samples(model, data, inputs=AudioInput(16000))
    assert len(intact.samples(model, data, inputs=AudioInput(16000, scale=32768))) == 20


def test_the_command_writes_nothing_that_is_not_so(intact_: Intact, tmp_path: Path) -> None:
    model, data, out = tmp_path / "m.tflite", tmp_path / "d.npy", tmp_path / "q.tflite"
    intact.save(model_of("1,8,8,3"), model)
    np.save(data, stack(0, 255, 8, 8, 3))
    for option in (("--audio", "rate=16000"), ("--image", "mean=127.5,std=127.5")):
        done = intact_("quantize", model, "--data", data, *option, "-o", out)
        assert (done.status, out.exists()) == (2, False)
        assert "is described as" in done.err
    for index in range(4):
        Image.fromarray(np.full((8, 8, 3), 60 * index, np.uint8)).save(tmp_path / f"{index}.png")
    (tmp_path / "photos.list").write_text("".join(f"{index}.png\n" for index in range(4)))
    image = ("--image", "mean=127.5,std=127.5")
    assert (
        intact_("calibrate", model, "--data", tmp_path / "photos.list", *image, "-o", tmp_path / "r.json").status == 0
    )
    judged = intact_("contract", model, "--data", data, *image)
    assert "disagree" in judged.out
