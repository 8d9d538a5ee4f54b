"""intact inspect as users run it."""

import struct
from pathlib import Path

import numpy as np
import pytest

import intact
from command import CALIBRATION, FLOAT, TWO, Intact, saved

TENSOR = {"name", "index", "shape", "dtype", "scale", "zero_point", "quantized_dimension", "min", "max"}


@pytest.fixture(scope="module")
def int8(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = intact.load(FLOAT)
    path = tmp_path_factory.mktemp("models") / "int8.tflite"
    intact.save(intact.quantize(model, intact.calibrate(model, str(CALIBRATION), isolate=False)).model, path)
    return path


def test_a_float_model_as_data(intact_: Intact) -> None:
    found = intact_("inspect", FLOAT, "--json").json
    assert (found["compute"], found["quantization"]) == ("float", "none")
    assert (found["integer_operators"], found["float_operators"]) == (0, 12)
    assert [(t["name"], t["dtype"], t["shape"]) for t in found["inputs"]] == [("image", "float32", [1, 8, 8, 1])]
    assert all(set(t) >= TENSOR for t in found["tensors"])
    assert all(t["scale"] is None and t["zero_point"] is None for t in found["tensors"])
    assert sum(found["operator_counts"].values()) == len(found["operators"]) == found["subgraphs"][0]["operators"]
    (signature,) = found["signatures"]
    assert (signature["key"], list(signature["inputs"])) == ("serving_default", ["image"])
    assert found["constant_bytes"] < FLOAT.stat().st_size


def test_an_integer_model_as_data(intact_: Intact, int8: Path) -> None:
    found = intact_("inspect", int8, "--json").json
    assert (found["compute"], found["quantization"]) == ("integer", "int8 per-channel")
    assert (found["integer_operators"], found["float_operators"]) == (8, 0)
    by_index = {t["index"]: t for t in found["tensors"]}
    convolution = next(o for o in found["operators"] if o["op"] == "CONV_2D")
    data, weights, bias = (by_index[i] for i in convolution["inputs"])
    assert isinstance(data["scale"], float)
    assert isinstance(data["zero_point"], int)
    channels = weights["shape"][0]
    assert (weights["quantized_dimension"], len(weights["scale"])) == (0, channels)
    assert weights["zero_point"] == [0] * channels
    assert bias["dtype"] == "int32"
    assert bias["scale"] == pytest.approx([data["scale"] * s for s in weights["scale"]], rel=1e-6)
    assert convolution["attributes"]["fused_activation_function"] == "RELU"


def test_channels_are_summarized_and_full_lists_them(intact_: Intact, int8: Path) -> None:
    short, full = intact_("inspect", int8), intact_("inspect", int8, "--full")
    assert (short.status, short.err) == (0, "")
    assert ", 24 channels" in short.out
    tensors = {t["name"]: t for t in intact_("inspect", int8, "--json").json["tensors"]}
    for scale in tensors["conv/filter"]["scale"]:
        assert f"{scale:.9g}" in full.out
    assert f"{tensors['conv/filter']['scale'][1]:.9g}" not in short.out


def test_long_tables_are_cut_and_full_lists_all(intact_: Intact, tmp_path: Path) -> None:
    lines = "\n".join(f"  %v{i} = RELU(%v{i - 1})" for i in range(1, 61))
    model = saved(f"graph main(%v0: float32[1,4]) -> (%v60) {{\n{lines}\n}}", tmp_path)
    short, full = intact_("inspect", model), intact_("inspect", model, "--full")
    assert "... and 20 more; --full lists all" in short.out
    assert "... and 21 more; --full lists all" in short.out
    assert "more; --full" not in full.out
    assert "v60" in full.out
    assert intact_("inspect", model, "--json").json == intact_("inspect", model, "--json", "--full").json


def test_every_subgraph_and_signature_is_shown(intact_: Intact, tmp_path: Path) -> None:
    model = saved(TWO, tmp_path)
    found = intact_("inspect", model, "--json").json
    assert [s["name"] for s in found["subgraphs"]] == ["main", "other"]
    assert {(o["subgraph"], o["op"]) for o in found["operators"]} == {(0, "FULLY_CONNECTED"), (1, "ADD")}
    shown = intact_("inspect", model).out
    assert "signature second: subgraph 1, (left, right) -> (sum)" in shown
    assert "subgraph 1 'other': operators in order" in shown


def test_numbers_that_json_does_not_have(intact_: Intact, tmp_path: Path) -> None:
    """Whatever scale a damaged file holds, what inspect prints is JSON."""
    scale = 0.123456789
    text = f"graph main(%x: int8[1,4] <scale={scale}>) -> (%y) {{ %y: int8[1,4] <scale={scale}> = RELU(%x) }}"
    model = saved(text, tmp_path)
    bits = struct.pack("<f", np.float32(scale))
    assert bits in model.read_bytes()
    for stored, shown in ((np.nan, "nan"), (np.inf, "inf")):
        broken = tmp_path / "broken.tflite"
        broken.write_bytes(model.read_bytes().replace(bits, struct.pack("<f", stored)))
        assert intact_("inspect", broken, "--json").json["tensors"][0]["scale"] == shown
        assert shown in intact_("inspect", broken).out


@pytest.mark.shared
def test_every_real_model(shared: Path, intact_: Intact) -> None:
    paths = sorted(p for p in (shared / "models").rglob("*.tflite") if p.stat().st_size < 100_000)[::4]
    for path in paths:
        found = intact_("inspect", path, "--json").json
        assert found["source"] == str(path)
        assert intact_("inspect", path).status == 0
