"""run, explain, certify, diff-runtimes and check as users run them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import intact
from command import DENSE, Intact, saved
from digits import int8, sample


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
    assert "note: input 'image': image 8x8 scaled to 8x8 (width x height), real = (pixel - 0) / 255" in found.err
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
        (["--input", "q.npy", "-o", "none/o.npz"], "none/o.npz: there is no folder none. Make it first. [E002]"),
    ],
)
def test_run_refuses(intact_: Intact, model: str, arguments: list[str], text: str) -> None:
    Path("short.raw").write_bytes(b"abc")
    Path("text.png").write_text("no image")
    assert intact_("run", model, *arguments).error.startswith(text)


def test_run_needs_to_know_what_a_pixel_is(intact_: Intact, model: str) -> None:
    saved("graph main(%x: float32[1,2,2,3]) -> (%y) {\n %y = RELU(%x)\n}", Path(), "float.tflite")
    Image.new("RGB", (4, 4)).save("a.png")
    error = intact_("run", "float.tflite", "--input", "a.png").error
    assert error.startswith(
        "a.png: how a pixel becomes a number of input 'x' (float32) is not in the model; expected --mean"
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
    assert done.status in {0, 1}
    assert "outputs of whole runs" in done.out
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
