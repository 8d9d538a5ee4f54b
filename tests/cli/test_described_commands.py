"""How photographs are read, as commands hand it on: from the option into files, and to the next command."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import intact
from command import Intact, saved
from intact.data.described import ImageInput
from intact.data.described_model import known_inputs

PHOTO = """graph main(%x: float32[1,6,6,3]) -> (%y) {
  %w = const float32[4,3,3,3] random(0)
  %b = const float32[4] random(1)
  %y = CONV_2D(%x, %w, %b) {padding=SAME, stride_w=1, stride_h=1}
}"""
OPTION = ("--image", "mean=127.5,std=127.5")
HOW = ImageInput(127.5, 127.5, channels="rgb")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(8):
        Image.fromarray(rng.integers(0, 256, (6, 6, 3)).astype(np.uint8)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return saved(PHOTO, tmp_path)


def carried(path: Path) -> ImageInput:
    found = intact.load(path)
    known = known_inputs(found, found.main)
    assert known.origins == {"x": "block INTACT_INPUTS of the model"}
    how = known.inputs["x"]
    assert isinstance(how, ImageInput)
    return how


@pytest.mark.parametrize("ports", [(), ("--input-type", "int8")])
def test_ranges_carry_how_photographs_were_read(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path, ports: tuple[str, ...]
) -> None:
    ranges, out = tmp_path / "r.json", tmp_path / "q.tflite"
    assert intact_("calibrate", model, "--data", photos, *OPTION, "-o", ranges).status == 0
    (entry,) = json.loads(ranges.read_text())["inputs"]
    assert entry == {"graph": 0, "input": "x", "kind": "image", "mean": 127.5, "std": 127.5, "channels": "rgb"}
    done = intact_("quantize", model, "--ranges", ranges, "-o", out, *ports, "--json")
    assert any(n.startswith("input 'x': the model carries it: real = (pixel - 127.5)") for n in done.json["notes"])
    assert carried(out) == HOW
    done = intact_("run", out, "--input", photos / "0.png")
    assert "real = (pixel - 127.5) / 127.5" in done.err


def test_what_quantize_is_told_fills_in_and_counts_more(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path
) -> None:
    ranges, out = tmp_path / "r.json", tmp_path / "q.tflite"
    intact_("calibrate", model, "--data", photos, *OPTION, "-o", ranges)
    intact_("quantize", model, "--ranges", ranges, "--image", "mean=0,std=255", "-o", out)
    assert carried(out) == ImageInput(0, 255, channels="rgb")
    intact_("quantize", model, "--ranges", ranges, "--image", "x:channels=bgr", "-o", out)
    assert carried(out) == ImageInput(127.5, 127.5, channels="bgr")
    found = intact_("quantize", model, "--ranges", ranges, "--data", photos, "-o", out, "--json").json
    assert "input 'x': read as the ranges have it" in found["notes"]
    assert found["comparisons"][0]["outputs"][0]["sqnr_db"] > 25


def test_a_model_with_ranges_in_it_carries_it_too(intact_: Intact, model: Path, photos: Path, tmp_path: Path) -> None:
    embedded, out = tmp_path / "e.tflite", tmp_path / "q.tflite"
    done = intact_("calibrate", model, "--data", photos, *OPTION, "--embed", "-o", embedded)
    assert "note: input 'x': the model carries it: real = (pixel - 127.5) / 127.5" in done.err
    assert carried(embedded) == HOW
    intact_("quantize", embedded, "-o", out, "--input-type", "uint8")
    assert carried(out) == HOW


def test_parts_that_were_read_differently_are_not_merged(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path
) -> None:
    for name, image in (("a", "mean=127.5,std=127.5"), ("b", "mean=0,std=255")):
        intact_("calibrate", model, "--data", photos, "--image", image, "-o", tmp_path / f"{name}.json")
    done = intact_("quantize", model, "--ranges", tmp_path / "a.json", tmp_path / "b.json", "-o", tmp_path / "q.tflite")
    assert done.error == (
        f"{tmp_path / 'b.json'}: input 'x' was read as 'real = (pixel - 127.5) / 127.5, RGB' by one calibration and as "
        "'real = pixel / 255, RGB' by the other; expected ranges of samples that were read alike. "
        "Calibrate again with the same --image and --audio. [E402]"
    )
    assert not (tmp_path / "q.tflite").exists()


def test_arrays_beside_photographs_contradict_nothing(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 6, 6, 3), np.float32))
    intact_("calibrate", model, "--data", tmp_path / "x.npy", "-o", tmp_path / "a.json")
    intact_("calibrate", model, "--data", photos, *OPTION, "-o", tmp_path / "b.json")
    intact_("calibrate", model, "--data", tmp_path / "x.npy", *OPTION, "-o", tmp_path / "c.json")
    assert intact.Ranges.load(tmp_path / "c.json").described == {(0, "x"): ImageInput(127.5, 127.5)}
    assert "inputs" not in json.loads((tmp_path / "a.json").read_text())
    merged = intact.Ranges.load(tmp_path / "a.json", tmp_path / "b.json")
    assert intact.Ranges.load(tmp_path / "c.json", tmp_path / "b.json").described == merged.described
    other = intact.Ranges.load(tmp_path / "b.json", tmp_path / "a.json")
    assert merged.described == other.described == {(0, "x"): HOW}
    loaded = intact.load(model)
    assert merged.inputs_of(loaded, loaded.main) == {"x": HOW}


@pytest.mark.parametrize(
    "inputs, message",
    [
        ({}, "'inputs' of the file is an object, which is no list"),
        ([3], "entry 0 of 'inputs' is no object"),
        ([{"graph": 0}], "entry 0 of 'inputs' has no 'graph' that is a number and 'input' that is a name"),
        ([{"graph": -1, "input": "x"}], "entry 0 of 'inputs' has no 'graph' that is a number"),
        ([{"graph": 0, "input": "x"}], "entry 0 of 'inputs' (input 'x') is no description: descriptions are of"),
        ([{"graph": 0, "input": "x", "kind": "image", "std": 0}], "entry 0 of 'inputs' (input 'x'): std is 0"),
        ([{"graph": 0, "input": "x", "kind": "image", "s": 0}], "entry 0 of 'inputs' (input 'x') is no description"),
        ([{"graph": 0, "input": "x", "kind": "audio"}] * 2, "input 'x' of graph 0 is described twice"),
    ],
)
def test_entries_that_are_none(intact_: Intact, model: Path, tmp_path: Path, inputs: object, message: str) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 6, 6, 3), np.float32))
    ranges = tmp_path / "r.json"
    intact_("calibrate", model, "--data", tmp_path / "x.npy", "-o", ranges)
    ranges.write_text(json.dumps({**json.loads(ranges.read_text()), "inputs": inputs}))
    done = intact_("quantize", model, "--ranges", ranges, "-o", tmp_path / "q.tflite")
    assert done.error.startswith(f"{ranges}: is not a file of ranges: {message}")
    assert "[E402]" in done.error


def test_compare_reads_photographs_as_either_model_says(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "q.tflite"
    assert intact_("compare", model, model, "--data", photos).error.endswith("[E303]")
    intact_("quantize", model, "--data", photos, *OPTION, "-o", out)
    there, back = (intact_("compare", *pair, "--data", photos, "--json") for pair in ((model, out), (out, model)))
    asked = intact_("compare", model, out, "--data", photos, *OPTION, "--json")
    assert there.json == asked.json
    assert there.json["outputs"][0]["sqnr_db"] == pytest.approx(back.json["outputs"][0]["sqnr_db"], abs=1)
    note = f"note: input 'x': {model} does not say how it is read; read as {out} has it: {HOW}\n"
    assert note in there.err
    assert note not in back.err + asked.err
    found = intact.compare(intact.load(model), intact.load(out), photos)
    assert found.as_dict()["outputs"] == there.json["outputs"]


def test_compare_takes_what_the_user_leaves_open_from_the_second_model(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "q.tflite"
    intact_("quantize", model, "--data", photos, *OPTION, "-o", out)
    done = intact_("compare", model, out, "--data", photos, "--image", "channels=bgr")
    assert f"{out} has it: real = (pixel - 127.5) / 127.5, BGR" in done.err
    done = intact_("compare", model, out, "--data", photos, "--image", "y:channels=bgr")
    assert done.error.startswith(f"{model}: there is no input 'y' to describe")


@pytest.mark.parametrize(
    "options, read_by",
    [
        ((), "the scale and zero point of input 'x'"),
        (("--image", "channels=bgr"), "the scale and zero point of input 'x'"),
        (OPTION, None),
        (("--mean", "127.5", "--std", "127.5"), None),
    ],
)
def test_contract_says_what_photographs_do_not_check(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path, options: tuple[str, ...], read_by: str | None
) -> None:
    arrays, out = tmp_path / "x.npy", tmp_path / "q.tflite"
    np.save(arrays, np.linspace(-1.02, 1.02, 864, dtype=np.float32).reshape(8, 6, 6, 3))
    intact_("quantize", model, "--data", arrays, "--input-type", "int8", "-o", out)
    done = intact_("contract", out, "--data", photos, *options)
    assert done.status == 0
    said = f"  the samples were read by {read_by}, so they do not check it: give mean and std as they were for training"
    assert (said in done.out.splitlines()) == (read_by is not None)
    found = intact_("contract", out, "--data", photos, *options, "--json").json["inputs"][0]
    assert found["read_by"] == read_by
    assert "read_by" in found
    assert intact_("contract", out, "--data", arrays, *options, "--json").json["inputs"][0]["read_by"] is None


def test_contract_says_that_photographs_do_not_check_the_block(
    intact_: Intact, model: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "q.tflite"
    intact_("quantize", model, "--data", photos, *OPTION, "-o", out)
    done = intact_("contract", out, "--data", photos)
    assert "the samples were read by block INTACT_INPUTS of the model, so they do not check it" in done.out


def test_each_signature_keeps_its_own(intact_: Intact, photos: Path, tmp_path: Path) -> None:
    text = PHOTO + PHOTO.replace("main", "other") + "\nsignature a of main(x=%x) -> (y=%y)\n"
    model = saved(text.replace("}graph", "}\ngraph") + "signature b of other(x=%x) -> (y=%y)\n", tmp_path, "two.tflite")
    ranges, out = tmp_path / "r.json", tmp_path / "q.tflite"
    for key, image in (("a", "mean=127.5,std=127.5"), ("b", "mean=0,std=255")):
        data = f"{key}={photos}"
        done = intact_("calibrate", model, "--data", data, "--image", image, "-o", tmp_path / f"{key}.json")
        assert done.status == 0, done.err
    merged = intact.Ranges.load(tmp_path / "a.json", tmp_path / "b.json")
    assert merged.described == {(0, "x"): HOW, (1, "x"): ImageInput(0, 255, channels="rgb")}
    merged.save(ranges)
    assert intact.Ranges.load(ranges).described == merged.described
    done = intact_("quantize", model, "--ranges", ranges, "-o", out, "--json")
    assert done.status == 0, done.err
    assert sum("the model carries it" in note for note in done.json["notes"]) == 2
    found = intact.load(out)
    graphs = [signature.graph for signature in found.signatures]
    assert [known_inputs(found, graph).inputs["x"] for graph in graphs] == [HOW, ImageInput(0, 255, channels="rgb")]
    run = intact_("run", out, "--input", photos / "0.png", "--signature", "b")
    assert "real = pixel / 255" in run.err
