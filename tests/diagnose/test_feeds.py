"""What run, run_batch and explain take for inputs, what they say of them, and what they and check_kernel refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import intact
from command import CALIBRATION
from digits import int8
from intact.errors import IntactError
from intact.ir.text import parse


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"image": np.zeros((3, 8, 8, 1), np.int8)}, "E302"),
        ({"image": np.full((1, 8, 8, 1), np.nan)}, "E304"),
        ({"image": np.full((1, 8, 8, 1), "a")}, "E303"),
        (np.zeros((1, 8, 8, 1), np.int8), "E003"),
    ],
)
@pytest.mark.parametrize(
    "ask",
    [
        lambda inputs: intact.explain(int8(), op=0, inputs=inputs),
        lambda inputs: intact.check_kernel(int8(), lambda *_: np.zeros(1), inputs, op=0),
    ],
    ids=["explain", "check_kernel"],
)
def test_inputs_that_are_none(ask: Callable[[Any], object], inputs: Any, code: str) -> None:
    with pytest.raises(IntactError) as caught:
        ask(inputs)
    assert caught.value.code == code


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4).save(tmp_path / "digit.png")
    return tmp_path / "digit.png"


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_read_as_the_command_line_reads_it(picture: Path, kind: Callable[[Path], Any]) -> None:
    codes = (np.arange(64).reshape(1, 8, 8, 1) * 4 - 128).astype(np.int8)
    expected = intact.run(int8(), {"image": codes})
    found = intact.run(int8(), {"image": kind(picture)})
    assert expected.notes == []
    assert found.notes == ["input 'image': image 8x8 scaled to 8x8 (width x height), real = pixel / 255, grey"]
    np.testing.assert_array_equal(found.outputs[0].stored, expected.outputs[0].stored)
    (found,) = intact.run_batch(int8(), [{"image": kind(picture)}])
    np.testing.assert_array_equal(found.outputs[0].stored, expected.outputs[0].stored)
    sample = intact.samples(int8(), str(picture))[0]
    assert intact.check_kernel(int8(), lambda *_: np.zeros((1, 8, 8, 24), np.int8), sample, op=0).equal is False
    explained = intact.explain(int8(), op=0, inputs={"image": kind(picture)})
    assert str(explained) == str(intact.explain(int8(), op=0, inputs={"image": codes}))


def test_a_path_is_read_as_the_model_describes_it(tmp_path: Path) -> None:
    model = parse("graph main(%x: float32[1,2,2,3]) -> (%y) {\n  %y = ABS(%x)\n}")
    Image.fromarray(np.full((2, 2, 3), 255, np.uint8)).save(tmp_path / "p.png")
    with pytest.raises(IntactError) as caught:
        intact.run(model, {"x": tmp_path / "p.png"})
    assert str(caught.value).startswith(f"{tmp_path / 'p.png'}: ")
    assert caught.value.code == "E303"
    intact.describe_inputs(model, intact.ImageInput(mean=0, std=51))
    assert (intact.run(model, {"x": tmp_path / "p.png"}).outputs[0].real == 5).all()


def test_a_sample_is_taken_as_it_is() -> None:
    sample = intact.samples(int8(), CALIBRATION)[3]
    expected = intact.run(int8(), sample.arrays).outputs[0].stored
    np.testing.assert_array_equal(intact.run(int8(), sample).outputs[0].stored, expected)
    (found,) = intact.run_batch(int8(), [sample])
    np.testing.assert_array_equal(found.outputs[0].stored, expected)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"image": "cat.png"}, "cat.png: does not exist"),
        ({"image": ""}, "the path of the samples is empty"),
        ({"picture": "cat.png"}, "input 'image' was given nothing"),
    ],
)
def test_paths_that_are_none(inputs: dict[str, str], message: str) -> None:
    with pytest.raises(IntactError) as caught:
        intact.run(int8(), inputs)
    assert message in str(caught.value)


def test_numbers_that_are_clamped_are_counted() -> None:
    reals = np.zeros((1, 8, 8, 1), np.float32)
    reals[0, 0, 0, 0] = 1.25  # 1 of 64 is more than 1 %
    (note,) = intact.run(int8(), {"image": reals}).notes
    assert note == (
        "input 'image': 1.6% of the numbers, which are in [0, 1.25], are outside [0, 1], all that int8, "
        "scale 0.003921568859368563, zero point -128 stands for: they are clamped"
    )
    assert intact.run(int8(), {"image": reals / 1.25}).notes == []
    (note,) = intact.run(int8(), {"image": np.full((1, 8, 8, 1), 255.0)}).notes
    assert note.startswith("input 'image': 100.0% of the numbers, which are in [255, 255], are outside [0, 1]")
