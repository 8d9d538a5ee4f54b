"""run, explain, certify, diff-runtimes and check as users run them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import intact
from command import DENSE, TWO, Intact, saved
from digits import int8, sample
from intact.ir.graph import Value
from intact.ir.types import DType, TensorType
from shift import shift_register


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The digits classifier as integers, with one digit in x.npy (reals) and q.npy (stored)."""
    monkeypatch.chdir(tmp_path)
    intact.save(int8(), "int8.tflite")
    np.save("x.npy", sample())
    np.save("q.npy", np.clip(np.round(sample() * 255) - 128, -128, 127).astype(np.int8))
    return "int8.tflite"


def test_run_in_every_form(intact_: Intact, model: str) -> None:
    found = intact_("run", model, "--input", "image=x.npy", "--json")
    assert found.status == 0
    assert (found.json["engine"], found.json["profile"]) == ("exact", "litert-reference")
    (output,) = found.json["outputs"]
    assert (output["name"], output["dtype"], output["shape"]) == ("probabilities", "int8", [1, 10])
    assert len(output["top"]) == 5
    stored = np.array(output["stored"], np.int8)
    Path("q.raw").write_bytes(np.load("q.npy").tobytes())
    np.savez("x.npz", image=np.load("x.npy"))
    for text in ("q.npy", "image=q.raw", "image=x.npz"):
        other = intact_("run", model, "--input", text, "--json").json["outputs"][0]
        assert other["stored"] == output["stored"]
    table = intact_("run", model, "--input", "q.npy", "--profile", "cmsis-nn")
    assert "profile cmsis-nn (from sources, not checked against the runtime)" in table.out
    assert "largest of probabilities" in table.out
    assert str(stored[0, 0]) in intact_("run", model, "--input", "q.npy", "--raw").out


def test_run_writes_outputs_and_tensors(intact_: Intact, model: str) -> None:
    dumps = []
    for engine in ("exact", "litert"):
        done = intact_("run", model, "--input", "q.npy", "--engine", engine, "-o", "o.npz", "--dump", "d.npz")
        assert done.status == 0
        assert "q.npy" not in done.err
        with np.load("d.npz") as tensors, np.load("o.npz") as outputs:
            dumps.append({name: tensors[name] for name in tensors.files})
            assert outputs["probabilities"].dtype == np.float32
    assert set(dumps[0]) == {f"t{i}" for i in range(len(int8().main.values))}
    assert all(dumps[0][name].tobytes() == dumps[1][name].tobytes() for name in dumps[0])
    intact_("run", model, "--input", "q.npy", "--raw", "-o", "raw.npz")
    with np.load("raw.npz") as outputs:
        assert outputs["probabilities"].dtype == np.int8


def test_the_same_run_writes_the_same_bytes(intact_: Intact, model: str) -> None:
    for name in ("a.npz", "b.npz"):
        intact_("run", model, "--input", "q.npy", "--dump", name)
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


def test_run_on_an_image(intact_: Intact, model: str) -> None:
    pixels = np.round(sample()[0, :, :, 0] * 255).astype(np.uint8)
    Image.fromarray(pixels).save("digit.png")
    found = intact_("run", model, "--input", "image=digit.png", "--json")
    assert "note: input 'image': image 8x8 scaled to 8x8 (width x height), real = pixel / 255, grey" in found.err
    assert (
        found.json["outputs"][0]["stored"]
        == intact_("run", model, "--input", "q.npy", "--json").json["outputs"][0]["stored"]
    )
    Image.fromarray(np.stack([pixels] * 3, -1)).save("colour.jpg")
    assert intact_("run", model, "--input", "colour.jpg", "--mean", 0, "--std", 255).status == 0


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--input", "picture=q.npy"], "int8.tflite: there is no input 'picture'; expected one of image. [E004]"),
        ([], "int8.tflite: input 'image' was given nothing; expected arrays for image. [E004]"),
        (["--input", "none.npy"], "none.npy: does not exist"),
        (["--input", "q.npy", "--input", "q.npy"], "--input image is given twice; expected one file. [E003]"),
        (["--input", "q.npy", "--profile", "ruy"], "there is no profile 'ruy'; expected one of cmsis-nn"),
        (
            ["--input", "q.npy", "--profile", "none.toml"],
            "none.toml: it cannot be read (No such file or directory). [E001]",
        ),
        (["--input", "q.npy", "--mean", "1"], "--mean 1.0 and --std None; expected both, and std not 0. [E003]"),
        (["--input", "short.raw"], "short.raw: has 3 bytes; expected 64: int8 [1, 8, 8, 1] of input 'image'. [E302]"),
        (["--input", "text.png"], "text.png: is no image that can be read"),
        (
            ["--input", "q.npy", "-o", "q.npy"],
            "q.npy: is a file of samples; expected another file. Choose another name.",
        ),
        (["--input", "q.npy", "--dump", "int8.tflite"], "int8.tflite: is the"),
        (
            ["--input", "q.npy", "-o", "o.txt"],
            "o.txt: is the name of another kind of file; expected a name that ends in",
        ),
        (["--input", "q.npy", "--dump", "o.npy"], "o.npy: is the name of another kind of file; expected a name that"),
        (
            ["--input", "q.npy", "-o", "o.npz", "--dump", "./o.npz"],
            "./o.npz: is named for two outputs; expected a file for each. [E002]",
        ),
        (
            ["--input", "q.npy", "--signature", "none"],
            "int8.tflite: there is no signature 'none'; expected one of serving_default. [E004]",
        ),
        (["--input", "q.npy", "-o", "none/o.npz"], "none/o.npz: there is no folder none. Make it first. [E002]"),
    ],
)
def test_run_refuses(intact_: Intact, model: str, arguments: list[str], text: str) -> None:
    Path("short.raw").write_bytes(b"abc")
    Path("text.png").write_text("no image")
    assert intact_("run", model, *arguments).error.startswith(text)


def test_images_of_sixteen_bits(intact_: Intact, model: str) -> None:
    pixels = np.round(sample()[0, :, :, 0] * 255).astype(np.uint16)
    Image.fromarray(pixels * 257).save("deep.png")
    found = intact_("run", model, "--input", "deep.png", "--json").json
    assert found["outputs"] == intact_("run", model, "--input", "q.npy", "--json").json["outputs"]
    Image.fromarray(pixels.astype(np.float32)).save("floats.tiff")
    Path("floats.tiff").rename("floats.png")
    error = intact_("run", model, "--input", "floats.png").error
    assert error.startswith("floats.png: is no image that can be read (its grey levels are floats, of no known range)")


def test_images_are_turned_upright(intact_: Intact, model: str) -> None:
    pixels = np.round(sample()[0, :, :, 0] * 255).astype(np.uint8)
    turned = Image.fromarray(np.rot90(pixels).copy())
    exif = turned.getexif()
    exif[0x0112] = 6  # a quarter to the right makes it upright
    turned.save("turned.png", exif=exif)
    found = intact_("run", model, "--input", "turned.png", "--json").json
    assert found["outputs"] == intact_("run", model, "--input", "q.npy", "--json").json["outputs"]


def test_transparency_is_not_dropped_in_silence(intact_: Intact, model: str) -> None:
    pixels = np.round(sample()[0] * 255).astype(np.uint8)
    Image.fromarray(np.concatenate([*[pixels] * 3, pixels // 2], -1)).save("clear.png")
    found = intact_("run", model, "--input", "clear.png", "--json")
    assert "note: input 'image': the image's transparency is left out; what it hides is seen" in found.err
    assert found.json["outputs"] == intact_("run", model, "--input", "q.npy", "--json").json["outputs"]


def test_samples_are_a_batch_where_the_model_takes_one(intact_: Intact, model: str) -> None:
    np.save("three.npy", np.concatenate([np.load("q.npy")] * 3))
    one = intact_("run", model, "--input", "three.npy", "--json")
    assert "note: three.npy holds 3 samples; the first, three.npy[0], is run" in one.err
    changed = int8().clone()
    for value in (*changed.main.inputs, *changed.main.outputs):
        value.type = replace(value.type, signature=(-1, *value.shape[1:]))
    intact.save(changed, "any.tflite")
    found = intact_("run", "any.tflite", "--input", "three.npy", "--json")
    assert "note: the 3 samples of three.npy are run as one batch" in found.err
    assert found.json["outputs"][0]["stored"] == one.json["outputs"][0]["stored"] * 3


def test_another_entry_point(intact_: Intact, tmp_path: Path) -> None:
    path = saved(TWO, tmp_path)
    for name, numbers in (("u", [[1, 2]]), ("v", [[10, 20]])):
        np.save(tmp_path / f"{name}.npy", np.array(numbers, np.float32))
    given = ["--input", f"left={tmp_path / 'u.npy'}", "--input", f"right={tmp_path / 'v.npy'}"]
    dump = tmp_path / "d.npz"
    found = intact_("run", path, *given, "--signature", "second", "--dump", dump, "--json").json
    assert [(o["name"], o["real"]) for o in found["outputs"]] == [("sum", [[11, 22]])]
    with np.load(dump) as tensors:
        assert {n: tensors[n].tolist() for n in tensors.files} == {"t0": [[1, 2]], "t1": [[10, 20]], "t2": [[11, 22]]}


def test_floats_of_a_runtime_that_is_not_here(intact_: Intact, tmp_path: Path) -> None:
    text = """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
      %a: float32[1,4] = DEQUANTIZE(%x)
      %b: float32[1,4] = COS(%a)
      %y: int8[1,4] <scale=0.1, zero_point=0> = QUANTIZE(%b)
    }"""
    path = saved(text, tmp_path)
    np.save(tmp_path / "x.npy", np.zeros((1, 4), np.int8))
    given = ["run", path, "--input", tmp_path / "x.npy", "--engine", "exact", "--profile"]
    assert (
        "note: 1 operator on floats or plain numbers ran on LiteRT's reference kernels; "
        "tflm-reference says nothing of their numbers" in intact_(*given, "tflm-reference").err
    )
    assert "LiteRT" not in intact_(*given, "litert-optimized").err


def test_what_is_left_out_of_a_dump_is_said(intact_: Intact, model: str) -> None:
    changed = int8().clone()
    for name in ("one", "two"):
        changed.main.add_value(Value(name, TensorType(DType.INT8, (2,))))
    intact.save(changed, "more.tflite")
    for engine in ("exact", "litert"):
        done = intact_("run", "more.tflite", "--input", "q.npy", "--engine", engine, "--dump", "d.npz")
        assert done.err == "note: not in d.npz: 2 tensors, each computed by nothing\n"


def test_run_needs_to_know_what_a_pixel_is(intact_: Intact, model: str) -> None:
    saved("graph main(%x: float32[1,2,2,3]) -> (%y) {\n %y = RELU(%x)\n}", Path(), "float.tflite")
    Image.new("RGB", (4, 4)).save("a.png")
    error = intact_("run", "float.tflite", "--input", "a.png").error
    assert error.startswith(
        "a.png: how a pixel becomes a number of input 'x' (float32) is not in the model; expected --image mean=M,std=S"
    )
    done = intact_("run", "float.tflite", "--input", "a.png", "--mean", 127.5, "--std", 127.5, "--json")
    assert done.json["engine"] == "litert"


def test_a_profile_of_the_user_s_own(intact_: Intact, model: str) -> None:
    Path("mine.toml").write_text(
        'name = "mine"\nbase = "litert-reference"\n[[rule]]\noperators = ["CONV_2D"]\ntypes = ["int8"]\n'
        'rule = "single"\nsource = "data sheet"\n'
    )
    found = intact_("explain", model, "--op", 0, "--profile", "mine.toml", "--json").json
    assert found["rules"] == [{"name": "single", "source": "data sheet"}]
    Path("mine.toml").write_text('name = "mine"\nrules = 3\n')
    assert intact_("explain", model, "--op", 0, "--profile", "mine.toml").error.startswith(
        "mine.toml: it has the keys rules"
    )


def test_explain_an_operator_and_an_element(intact_: Intact, model: str) -> None:
    table = intact_("explain", model, "--op", 0)
    assert table.status == 0
    for text in (
        "operator 0 CONV_2D",
        "rule double-away",
        "requantize.multiplier",
        "requantize.shift",
        "int32 suffices",
    ):
        assert text in table.out
    done = intact_("explain", model, "--tensor", "probabilities", "--json")
    assert done.json["operator"] == "SOFTMAX"
    worked = intact_("explain", model, "--op", 6, "--at", "0,3", "--input", "q.npy")
    for text in ("element [0, 3]", "products: sum over", "bias", "accumulator", "clamped", "real"):
        assert text in worked.out
    again = intact_("explain", model, "--op", 6, "--graph", 0, "--at", "0,3", "--input", "q.npy", "--json").json
    assert (again["graph"], again["element"]["at"]) == (0, [0, 3])
    assert intact_("explain", model, "--op", 6, "--graph", 5).error.endswith(
        "there is no graph 5; expected 0 to 0. [E003]"
    )
    assert intact_("explain", model, "--op", 6, "--at", "0;3").error.startswith(
        "--at 0;3; expected indices with commas"
    )
    assert intact_("explain", model).error.startswith("an operator is named by its position or by its result")


def test_certify(intact_: Intact, model: str) -> None:
    done = intact_("certify", model, "--samples", 2, "--against", "litert-reference,litert-xnnpack")
    assert done.status == 0, done.out
    assert "against litert-xnnpack: 0 of" in done.out
    assert "LiteRT" in done.out
    np.savez("x.npz", image=np.concatenate([sample(i) for i in range(3)]))
    found = intact_("certify", model, "--samples", 1, "--data", "x.npz", "--json")
    (certificate,) = found.json["certificates"]
    assert (certificate["samples"], certificate["differing"]) == (4, 0)
    assert certificate["runtime"]["litert"]


def test_certify_finds_one_altered_weight(intact_: Intact, model: str) -> None:
    changed = bytearray(Path(model).read_bytes())
    weights = int8().main.nodes[0].inputs[1].array.tobytes()
    place = bytes(changed).index(weights)
    changed[place + 5] ^= 1
    Path("altered.tflite").write_bytes(changed)
    done = intact_("certify", "altered.tflite", "--oracle", model, "--samples", 4)
    assert done.status == 1
    assert "CONV_2D" in done.out
    found = intact_("certify", "altered.tflite", "--oracle", model, "--samples", 4, "--json").json["certificates"][0]
    assert [o["index"] for o in found["operators"] if o["differing"]] == [0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--against", "cmsis-nn"], "profile cmsis-nn is not of a runtime that is here; expected a profile of LiteRT"),
        (["--against", ","], "--against names no profile"),
        (["--samples", "0"], "there is nothing to run; expected --samples 1 or more, or --data"),
        (["--oracle", "none.tflite"], "none.tflite: does not exist"),
    ],
)
def test_certify_refuses(intact_: Intact, model: str, arguments: list[str], text: str) -> None:
    assert intact_("certify", model, *arguments).error.startswith(text)


def test_diff_runtimes(intact_: Intact, model: str) -> None:
    done = intact_("diff-runtimes", model, "--samples", 2)
    assert done.status == 1, "XNNPACK rounds ties otherwise"
    assert "outputs of whole runs" in done.out
    assert "double-away / float32-even" in done.out
    found = intact_("diff-runtimes", model, "--samples", 2, "--profiles", "litert-reference,litert-reference", "--json")
    assert found.status == 0
    assert found.json["profiles"][0]["operators"] == []
    assert intact_("diff-runtimes", model, "--profiles", "gemmlowp").error.startswith("1 profiles are given")


def test_check(intact_: Intact, model: str, tmp_path: Path) -> None:
    done = intact_("check", model)
    assert (done.status, done.out) == (0, "int8.tflite: nothing found\n")
    assert intact_("check", saved(DENSE, tmp_path)).status == 0
    found = intact_("check", model, "--profiles", "litert-reference", "--json").json
    assert found == {"model": "int8.tflite", "profiles": ["litert-reference"], "findings": []}


def test_what_was_not_compared_is_said(intact_: Intact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    intact.save(shift_register(), "shift.tflite")
    done = intact_("certify", "shift.tflite", "--samples", 3, "--all")
    assert done.status == 0, done.out
    for text in (
        "0 of 27 numbers differ (2 operators, 1 output of whole runs, 3 samples)",
        "2 operators in graphs that control flow runs: compared in whole runs alone",
        "not compared: 1 ASSIGN_VARIABLE (node 3): has no result",
        "whole runs",
    ):
        assert text in done.out
    (found,) = intact_("certify", "shift.tflite", "--samples", 3, "--json").json["certificates"]
    assert [n["index"] for n in found["not_compared"]] == [0, 1, 3]
    assert [(o["entry"], o["values"]) for o in found["outputs"]] == [("the main graph", 9)]
    assert intact_("certify", "shift.tflite", "--signature", "a").error.startswith(
        "shift.tflite: there is no signature 'a'"
    )
    assert intact_("diff-runtimes", "shift.tflite", "--signature", "a").status == 2


def test_run_says_what_is_clamped(intact_: Intact, model: str) -> None:
    np.save("bytes.npy", np.full((1, 8, 8, 1), 255.0, np.float32))
    found = intact_("run", model, "--input", "bytes.npy")
    assert found.status == 0
    assert (
        "note: input 'image': 100.0% of the numbers, which are in [255, 255], are outside [0, 1], all that" in found.err
    )
    np.save("digit.npy", np.ones((1, 8, 8, 1), np.float32))
    assert "clamped" not in intact_("run", model, "--input", "digit.npy").err
    Image.fromarray(np.full((8, 8), 200, np.uint8)).save("digit.png")
    assert "100.0% of the numbers" in intact_("run", model, "--input", "digit.png", "--mean", "0", "--std", "1").err
