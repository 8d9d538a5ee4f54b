"""The input contract both ways, in Python and on the command line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import intact
from command import Intact
from digits import int8
from intact.arith import affine
from intact.diagnose.wanted import asked
from intact.errors import DataError, UsageError
from intact.ir.text import parse
from intact.ir.types import DType

TYPES = st.sampled_from([DType.INT8, DType.UINT8, DType.INT16])
TWICE = "--image is given twice for all inputs; expected one description. [E003]"
PHOTO = "graph main(%x: float32[1,8,8,3]) -> (%y) {\n  %y = RELU(%x)\n}"


@given(st.floats(-1000, 1000), st.floats(0.01, 1000), TYPES)
def test_there_and_back(mean: float, std: float, dtype: DType) -> None:
    wanted = asked(mean, std, None, dtype)
    assert wanted is not None
    scale, zero_point = wanted.parameters
    low, high = wanted.real
    # Scales are float32, so what is computed from them is theirs to about seven digits.
    assert (low, high) == pytest.approx(((0 - mean) / std, (255 - mean) / std))
    if dtype == DType.INT16:
        assert (scale, zero_point) == (pytest.approx(max(-low, high) / 32767), 0)
        assert wanted.steps[-1].endswith(f"= {scale:.9g}")
    else:
        assert (scale, zero_point) == affine.asymmetric(low, high, *dtype.limits)
        assert wanted.steps[-1].endswith(f"= {zero_point}")
    assert wanted.as_dict()["steps"] == wanted.steps


@pytest.mark.parametrize(
    "mean, std, limits, dtype, scale, zero_point",
    [
        (127.5, 127.5, None, "uint8", 2 / 255, 127),
        (128.0, 128.0, None, "uint8", 255 / 128 / 255, 128),
        (0.0, 255.0, None, "int8", 1 / 255, -128),
        (None, None, (-1.0, 1.0), "int8", 2 / 255, -1),
        (None, None, (-6.0, 3.0), "int16", 6 / 32767, 0),
        ((0.0, 127.5, 255.0), 127.5, None, "int8", 4 / 255, -1),
        (-255.0, 255.0, None, "int8", 2 / 255, -128),
    ],
)
def test_known_pairs(mean, std, limits, dtype: str, scale: float, zero_point: int) -> None:
    found = intact.contract(parse(PHOTO), mean=mean, std=std, limits=limits, dtype=dtype).inputs[0]
    assert found.contract.scale is None
    assert found.wanted is not None
    assert found.wanted.parameters == (pytest.approx(scale, rel=1e-6), zero_point)


def test_steps_have_the_numbers_of_the_model() -> None:
    found = intact.contract(parse(PHOTO), mean=-255.0, std=255.0).inputs[0]
    assert found.wanted is not None
    assert found.wanted.steps == [
        "real = (x - -255) / 255, x in [0, 255]: real in [1, 2]",
        "widened to hold 0, which padding writes: [0, 2]",
        "scale = (high - low) / (qmax - qmin) = (2 - 0) / (127 - -128) = 0.00784313772",
        "zero_point = round(qmin - low / scale) = round(-128 - 0 / 0.00784313772) = round(-128) = -128",
    ]


def test_a_file_and_a_normalization_that_differ() -> None:
    same = intact.contract(int8(), mean=0.0, std=255.0).inputs[0]
    assert same.difference is None
    other = intact.contract(int8(), mean=127.5, std=127.5).inputs[0]
    assert other.difference is not None
    assert other.difference == (
        "scale 0.00392156886 and zero point -128 stand for real in [0, 1], what was asked for [-1, 1], "
        "scale 0.00784313772 and zero point -1: the ends are up to 255 steps apart"
    )


REALS = {
    "as trained": (np.linspace(0, 1, 640), [True, False]),
    "as asked": (np.linspace(-1, 1, 640), [False, True]),
    "pixels": (np.linspace(0, 255, 640), [False, False]),
    "stored pixels": (np.arange(640) % 256, [True, False]),
}


@pytest.mark.parametrize("name", REALS)
def test_samples_say_which_of_the_two_they_disagree_with(name: str) -> None:
    numbers, expected = REALS[name]
    data = numbers.reshape(10, 8, 8, 1)
    data = (data - 128).astype(np.int8) if name == "stored pixels" else data.astype(np.float32)
    found = intact.contract(int8(), mean=127.5, std=127.5, data=data)
    seen = found.inputs[0].seen
    assert seen is not None
    assert [a.holds for a in seen.agreements] == expected
    assert [a.of_file for a in seen.agreements] == [True, False]
    assert found.holds == expected[0]
    assert found.samples == 10


def test_samples_of_a_few_outliers_agree() -> None:
    data = np.tile(np.linspace(0, 1, 64).reshape(1, 8, 8, 1), (50, 1, 1, 1)).astype(np.float32)
    data[0, 0, 0, 0] = 1.5
    seen = intact.contract(int8(), data=data).inputs[0].seen
    assert seen is not None
    assert seen.high == 1.5
    assert [(a.holds, a.outside) for a in seen.agreements] == [(True, 1 / 3200)]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_samples_of_nan_agree(value: float, dtype: type) -> None:
    data = np.full((10, 8, 8, 1), 0.5, dtype)
    data[7, 1, 2, 0] = value
    with pytest.raises(DataError, match=r"samples\[7\]: input 'image': 1 of 64 numbers is NaN or infinite.*\[E304\]"):
        intact.contract(int8(), data=data)


def test_what_cannot_be_asked() -> None:
    for arguments, message in (
        ({"mean": 0.0, "std": 1e-320}, r"real = pixel / .* of pixels is in .*inf\]; expected numbers that float32 has"),
        (
            {"std": 1e-30, "limits": (0.0, 1e30)},
            r"of x in \[0, 1e\+30\] is in .*; expected real numbers that float32 has",
        ),
        ({"std": 0.0}, r"std is 0; expected a number that is not 0\. \[E003\]"),
        ({"limits": (1.0, 0.0)}, r"the range is \[1.0, 0.0\]; expected two numbers, the smaller first"),
        ({"limits": (0.0, float("inf"))}, "expected two numbers, the smaller first"),
        ({"dtype": "int4"}, "the type is 'int4'; expected one of int8, uint8, int16"),
        ({"input": "y"}, r"there is no input 'y'; expected one of x. \[E004\]"),
        ({"signature": "s"}, "there is no signature 's'"),
    ):
        with pytest.raises(UsageError, match=message):
            intact.contract(parse(PHOTO), **arguments)  # type: ignore[arg-type]


def test_the_command(intact_: Intact, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    intact.save(int8(), "m.tflite")
    done = intact_("contract", "m.tflite")
    assert done.status == 0
    for line in (
        "  real = 0.00392156886 * (q - -128): from 0 at q = -128 to 1 at q = 127",
        "  as mean and std: mean = zero_point = -128, std = 1 / scale = 255",
        "  for pixels x = q + 128, 0 to 255: mean = zero_point + 128 = 0, the same std",
    ):
        assert line in done.out.splitlines()
    found = intact_("contract", "m.tflite", "--mean", "127.5", "--std", "127.5", "--json").json
    (one,) = found["inputs"]
    assert (one["mean"], one["std"], one["real_min"]) == (-128, pytest.approx(255), 0)
    assert (one["wanted"]["zero_point"], one["wanted"]["real_max"]) == (-1, 1)
    assert "255 steps apart" in one["difference"]
    assert one["agreements"] == []


def test_the_command_on_images(intact_: Intact, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    intact.save(int8(), "m.tflite")
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).resize((8, 8), 0).save("a.png")
    Image.fromarray(np.full((8, 8), 255, np.uint8)).save("b.png")
    agreed = intact_("contract", "m.tflite", "--data", ".", "--image", "mean=0,std=255")
    assert agreed.status == 0
    assert "  they agree: both ends within a step and a half" in agreed.out
    done = intact_("contract", "m.tflite", "--mean", "127.5", "--std", "127.5", "--data", "a.png")
    assert done.status == 1
    assert "samples disagree with the scale and zero point of the file" in done.out
    assert "samples agree with the mean and std (what was asked)" in done.out
    for arguments, message in (
        (["--mean", "a"], "--mean a; expected 1 or 3 or 4 numbers with ':' between. [E003]"),
        (["--range", "1"], "--range 1; expected 2 numbers with ',' between. [E003]"),
        (["--range", "2,1"], "the range is [2.0, 1.0]; expected two numbers, the smaller first. [E003]"),
        (
            ["--image", "std=1", "--image", "std=1"],
            TWICE,
        ),
        (["--image", "q:mean=1"], "m.tflite: there is no input 'q' to describe; expected 'image'. [E004]"),
    ):
        assert intact_("contract", "m.tflite", *arguments).error == message
