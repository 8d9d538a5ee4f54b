"""--ranges a.json b.json, beside the forms that click knows."""

from __future__ import annotations

from pathlib import Path

import pytest

import intact
from command import CALIBRATION, FLOAT, Intact
from intact.cli.several import named
from intact.ir.types import QuantParams

SPREAD = [
    ("M --ranges a b -o x", "M --ranges a --ranges b -o x"),
    ("M --ranges a b c", "M --ranges a --ranges b --ranges c"),
    ("--ranges a b M -o x", "--ranges a --ranges b M -o x"),
    ("--ranges a M", "--ranges a M"),
    ("-o x --ranges a --ranges b M", "-o x --ranges a --ranges b M"),
    ("M --json --ranges a", "M --json --ranges a"),
    ("--ranges a b -- M", "--ranges a --ranges b -- M"),
    ("--data d --ranges a M", "--data d --ranges a M"),
    ("M --ranges", "M --ranges"),
]


@pytest.mark.parametrize(("given", "expected"), SPREAD)
def test_every_value_gets_the_name(given: str, expected: str) -> None:
    assert named(given.split(), {"--ranges"}, {"--ranges", "--data", "-o"}) == expected.split()


def test_several_files_of_ranges(intact_: Intact, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.json", "b.json")]
    for file in files:
        assert intact_("calibrate", FLOAT, "--data", CALIBRATION, "-o", file).status == 0
    out, other = tmp_path / "out.tflite", tmp_path / "other.tflite"
    assert intact_("quantize", FLOAT, "--ranges", *files, "-o", out).status == 0
    done = intact_("quantize", "--ranges", *files, FLOAT, "-o", other, "--observer", "mse")
    assert "observer mse is not used: the ranges were recorded by min-max" in " ".join(done.out.split())
    assert other.read_bytes() == out.read_bytes()


def test_a_lone_recorded_range_is_no_calibration(intact_: Intact, tmp_path: Path) -> None:
    model = intact.load(FLOAT)
    value = model.main.inputs[0]
    value.type = type(value.type)(value.dtype, value.shape, quant=QuantParams(min=[0.0], max=[1.0]))  # type: ignore[arg-type]
    intact.save(model, tmp_path / "m.tflite")
    done = intact_("quantize", tmp_path / "m.tflite", "-o", tmp_path / "out.tflite")
    assert "give --data with samples, or --ranges with ranges recorded from samples" in done.error
