"""intact quantize as users run it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import intact
from command import CALIBRATION, DENSE, FLOAT, HELD_BACK, TWO, Intact, samples, saved

RESOLVERS = (OpResolverType.BUILTIN, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, OpResolverType.BUILTIN_REF)


def test_the_result_as_data(intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "int8.tflite"
    done = intact_("quantize", FLOAT, "--data", CALIBRATION, "-o", out, "--json")
    assert done.status == 0
    found = done.json
    assert set(found) == {
        "model",
        "output",
        "bytes_before",
        "bytes_after",
        "recipe",
        "compute",
        "quantization",
        "integer_operators",
        "float_operators",
        "hybrid_operators",
        "left_in_float",
        "operators",
        "widened_weights",
        "uneven_weights",
        "notes",
        "warnings",
        "inputs",
        "outputs",
        "comparisons",
    }
    assert (found["model"], found["output"]) == (str(FLOAT), str(out))
    assert (found["bytes_before"], found["bytes_after"]) == (FLOAT.stat().st_size, out.stat().st_size)
    assert (found["compute"], found["float_operators"], found["left_in_float"]) == ("integer", 0, [])
    (comparison,) = found["comparisons"]
    assert comparison["samples"] == 40, "one in five of 200 is held back"
    measures = {output["name"]: output for output in comparison["outputs"]}
    assert list(measures) == ["probabilities", "probabilities before SOFTMAX"]
    assert measures["probabilities"]["sqnr_db"] > 35
    assert measures["probabilities"]["top1_agreement"] > 0.9
    (image,) = found["inputs"]
    assert image["name"] == "image"
    assert image["std"] == pytest.approx(1 / image["scale"])
    assert image["mean"] == image["zero_point"]
    assert (image["low"], image["high"]) == (-128, 127)


def test_the_result_for_people(intact_: Intact, tmp_path: Path) -> None:
    done = intact_("quantize", FLOAT, "--data", CALIBRATION, "-o", tmp_path / "int8.tflite")
    assert (done.status, done.err) == (0, "")
    for text in ("88.7 KB -> ", "compute: integer (8 integer operators)", "top-1 agreement", "zero point", "std"):
        assert text in done.out


def test_what_stays_float_is_listed_with_its_reason(intact_: Intact, tmp_path: Path) -> None:
    text = DENSE.replace("%y = SOFTMAX(%a) {beta=1.0}", "%e = SIN(%a)\n  %y = FULLY_CONNECTED(%e, %v, none)")
    text = text.replace("%b = const", "%v = const float32[2,3] random(2)\n  %b = const")
    model = saved(text, tmp_path)
    np.save(tmp_path / "x.npy", samples(4))
    out = tmp_path / "out.tflite"
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "-o", out, "--json")
    assert done.json["compute"] == "hybrid"
    assert [(left["op"], left["output"]) for left in done.json["left_in_float"]] == [("SIN", "e")]
    out.unlink()
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "--require-integer", "-o", out)
    reason = "1 operator would stay in float: SIN: "
    assert done.error.startswith(f"{model}: {reason}")
    assert done.error.endswith("; expected integer operators only, as --require-integer asks. [E404]")
    assert not out.exists()


@pytest.mark.parametrize("kind", ["npy", "npz", "named", "subfolders"])
def test_folders_of_samples(kind: str, intact_: Intact, tmp_path: Path) -> None:
    model = saved(DENSE, tmp_path)
    folder = tmp_path / "samples"
    folder.mkdir()
    if kind == "named":
        np.save(folder / "x.npy", samples(4))
    elif kind == "subfolders":
        (folder / "x").mkdir()
    for number, sample in enumerate(samples(4)):
        if kind == "npy":
            np.save(folder / f"{number}.npy", sample)
        elif kind == "npz":
            np.savez(folder / f"{number}.npz", x=sample)
        elif kind == "subfolders":
            np.save(folder / "x" / f"{number}.npy", sample)
    out = tmp_path / "out.tflite"
    done = intact_("quantize", model, "--data", folder, "-o", out, "--json")
    assert done.json["comparisons"][0]["samples"] == 2
    np.save(tmp_path / "one.npy", samples(4))
    intact_("quantize", model, "--data", tmp_path / "one.npy", "-o", tmp_path / "one.tflite")
    assert out.read_bytes() == (tmp_path / "one.tflite").read_bytes(), "however the samples are stored"


def test_ranges_instead_of_samples(intact_: Intact, tmp_path: Path) -> None:
    ranges = tmp_path / "ranges.json"
    assert intact_("calibrate", FLOAT, "--data", CALIBRATION, "-o", ranges).status == 0
    done = intact_("quantize", FLOAT, "--ranges", ranges, "-o", tmp_path / "a.tflite", "--json")
    assert done.json["comparisons"] == []
    assert done.err == "note: not verified: there is no --data to compare the models on\n"
    checked = intact_("quantize", FLOAT, "--ranges", ranges, "--data", HELD_BACK, "-o", tmp_path / "b.tflite", "--json")
    with np.load(HELD_BACK) as held_back:
        assert checked.json["comparisons"][0]["samples"] == len(held_back["image"]), "all of them"
    assert (tmp_path / "a.tflite").read_bytes() == (tmp_path / "b.tflite").read_bytes()


def test_several_files_of_ranges_are_as_one(intact_: Intact, tmp_path: Path) -> None:
    model = saved(DENSE, tmp_path)
    rows = samples(4)
    for name, part in (("all", rows), ("left", rows[:3]), ("right", rows[3:])):
        np.save(tmp_path / f"{name}.npy", part)
        intact_("calibrate", model, "--data", tmp_path / f"{name}.npy", "-o", tmp_path / f"{name}.json")
    intact_("quantize", model, "--ranges", tmp_path / "all.json", "-o", tmp_path / "all.tflite")
    parts = [argument for name in ("left", "right") for argument in ("--ranges", tmp_path / f"{name}.json")]
    assert intact_("quantize", model, *parts, "-o", tmp_path / "parts.tflite").status == 0
    assert (tmp_path / "parts.tflite").read_bytes() == (tmp_path / "all.tflite").read_bytes()


def test_signatures_have_samples_of_their_own(intact_: Intact, tmp_path: Path) -> None:
    model = saved(TWO, tmp_path)
    np.save(tmp_path / "first.npy", samples(4))
    np.savez(tmp_path / "second.npz", left=samples(2), right=samples(2, seed=1))
    data = ("--data", f"first={tmp_path / 'first.npy'}", "--data", f"second={tmp_path / 'second.npz'}")
    out = tmp_path / "out.tflite"
    done = intact_("quantize", model, *data, "-o", out, "--json")
    assert done.json["compute"] == "integer"
    assert [c["outputs"][0]["name"] for c in done.json["comparisons"]] == ["y", "sum"]
    assert [c["name"] for c in done.json["inputs"]] == ["x", "left", "right"]
    assert set(Interpreter(str(out)).get_signature_list()) == {"first", "second"}

    alone = intact_("quantize", model, *data[2:], "-o", out, "--json")
    assert [left["reason"] for left in alone.json["left_in_float"]] == ["signature 'first' was not calibrated"]


@pytest.mark.parametrize("output_type", ["float32", "int8", "uint8"])
@pytest.mark.parametrize("input_type", ["float32", "int8", "uint8"])
def test_types_of_ports(input_type: str, output_type: str, intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "out.tflite"
    options = ("--input-type", input_type, "--output-type", output_type, "--require-integer", "--json")
    done = intact_("quantize", FLOAT, "--data", CALIBRATION, *options, "-o", out)
    (taken,), (given,) = done.json["inputs"], done.json["outputs"]
    assert (taken["dtype"], given["dtype"]) == (input_type, output_type)
    low = {"float32": -128, "int8": -128, "uint8": 0}
    assert (taken["low"], given["low"]) == (low[input_type], low[output_type])
    assert given["scale"] == 1 / 256, "what SOFTMAX is specified to give"
    assert given["zero_point"] == low[output_type]
    with np.load(HELD_BACK) as held_back:
        images, labels = held_back["image"][:60], held_back["y"][:60]
    hits = {}
    for resolver in RESOLVERS:
        classify = Interpreter(str(out), experimental_op_resolver_type=resolver).get_signature_runner()
        hits[resolver] = 0
        for image, label in zip(images, labels, strict=True):
            fed = image[None]
            if input_type != "float32":
                fed = np.clip(np.round(fed / taken["scale"]) + taken["zero_point"], taken["low"], taken["high"])
            scores = classify(image=fed.astype(input_type))["probabilities"]
            assert scores.dtype == output_type
            hits[resolver] += int(scores.argmax() == label)
    assert min(hits.values()) >= 0.95 * len(images), hits


def test_the_same_bytes_twice(intact_: Intact, tmp_path: Path) -> None:
    for name in ("a", "b"):
        intact_("quantize", FLOAT, "--data", CALIBRATION, "-o", tmp_path / f"{name}.tflite")
    assert (tmp_path / "a.tflite").read_bytes() == (tmp_path / "b.tflite").read_bytes()


def test_the_comparison_runs_on_the_kernels_asked_for(intact_: Intact, tmp_path: Path) -> None:
    for resolver in ("default", "optimized", "reference"):
        done = intact_(
            "quantize", FLOAT, "--data", HELD_BACK, "--resolver", resolver, "-o", tmp_path / "out.tflite", "--json"
        )
        assert done.json["comparisons"][0]["resolver"] == resolver


def test_an_old_output_is_replaced(intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "out.tflite"
    out.write_bytes(b"old")
    assert intact_("quantize", FLOAT, "--data", HELD_BACK, "-o", out).status == 0
    assert intact.load(out).main.nodes


def test_names_that_no_terminal_shows(intact_: Intact, tmp_path: Path) -> None:
    text = DENSE.replace("%x", '%"a\\nb/\\u001b[31m:0"').replace("%y", '%"ø"')
    model = saved(text, tmp_path)
    np.save(tmp_path / "x.npy", samples(4))
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "-o", tmp_path / "out.tflite")
    assert "a\\nb/\\x1b[31m:0" in done.out
    assert "\x1b" not in done.out
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "-o", tmp_path / "out.tflite", "--json")
    assert done.json["inputs"][0]["name"] == "a\nb/\x1b[31m:0"
    assert done.out.isascii()
    np.save(tmp_path / "x.npy", samples(5))
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "-o", tmp_path / "out.tflite")
    assert r"input 'a\nb/\x1b[31m:0' is given the shape [8, 5]" in done.error


def test_a_model_that_grows(intact_: Intact, tmp_path: Path) -> None:
    model = saved(DENSE, tmp_path)
    np.save(tmp_path / "x.npy", samples(4))
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "-o", tmp_path / "out.tflite")
    assert re.search(r"out.tflite: \d+ bytes -> 1\.\d KB \(1\.\d\d times larger\)", done.out)


def test_one_sample_serves_both_ends_and_the_report_says_so(intact_: Intact, tmp_path: Path) -> None:
    model = saved(DENSE, tmp_path)
    np.save(tmp_path / "x.npy", samples(4, count=1)[0])
    done = intact_("quantize", model, "--data", tmp_path / "x.npy", "-o", tmp_path / "out.tflite", "--json")
    assert any("there is one sample" in note for note in done.json["notes"])


def test_ranges_file_is_text_that_other_programs_read(intact_: Intact, tmp_path: Path) -> None:
    done = intact_("calibrate", saved(DENSE, tmp_path), "--data", CALIBRATION, "-o", tmp_path / "r.json")
    assert done.status == 2, "digits are not what this model takes"
    assert not (tmp_path / "r.json").exists()
    intact_("calibrate", FLOAT, "--data", CALIBRATION, "-o", tmp_path / "r.json")
    content = json.loads((tmp_path / "r.json").read_text())
    assert content["format"] == "intact ranges"
    assert {"graph", "index", "name", "min", "max", "count"} == set(content["values"][0])


def test_recipes_of_floats_take_no_data(intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "half.tflite"
    done = intact_("quantize", FLOAT, "--recipe", "float16", "-o", out)
    assert (done.status, done.err) == (0, "note: not verified: there is no --data to compare the models on\n")
    assert "float16: " in done.out
    done = intact_("quantize", FLOAT, "--recipe", "weight-only", "--data", CALIBRATION, "-o", out, "--json")
    assert done.status == 0
    ranges = tmp_path / "ranges.json"
    assert intact_("calibrate", FLOAT, "--data", CALIBRATION, "-o", ranges).status == 0
    unused = intact_("quantize", FLOAT, "--recipe", "weight-only", "--ranges", ranges, "-o", out)
    assert "note: recipe weight-only needs no ranges: --ranges is not used" in unused.out
    assert "recipe weight-only needs no calibration: all samples serve the comparison" in done.json["notes"]
    assert done.json["comparisons"][0]["samples"] == 200
    assert done.json["compute"] == "float"
    assert {item["became"] for item in done.json["operators"]} >= {"weight-only int8 per-channel"}


def test_a_recipe_file(intact_: Intact, tmp_path: Path) -> None:
    recipe, out = tmp_path / "mine.yaml", tmp_path / "mixed.tflite"
    recipe.write_text("recipe: int8\nobserver: mse\nscopes:\n- operator: SOFTMAX\n  recipe: float\n")
    done = intact_("quantize", FLOAT, "--recipe", recipe, "--data", CALIBRATION, "-o", out, "--json")
    assert done.status == 0
    assert [item["by"] for item in done.json["operators"] if item["op"] == "SOFTMAX"] == [
        "scope 1 (operator 'SOFTMAX')"
    ]
    recipe.write_text("recipe: int8\nscopes:\n- operator: SOFTMOX\n  recipe: float\n")
    out.unlink()
    done = intact_("quantize", FLOAT, "--recipe", recipe, "--data", CALIBRATION, "-o", out)
    assert done.status == 2
    assert done.err == (
        f"error: {recipe}: scope 1 (operator 'SOFTMOX') matches no operator of the model. "
        "Perhaps 'SOFTMAX' is meant. [E407]\n"
    )
    assert not out.exists()


def test_what_recipe_needs_data_is_said(intact_: Intact, tmp_path: Path) -> None:
    done = intact_("quantize", FLOAT, "--recipe", "uint9", "-o", tmp_path / "out.tflite")
    assert done.status == 2
    assert "Perhaps 'uint8' is meant. [E003]" in done.err
    done = intact_("quantize", FLOAT, "--recipe", "float16", "--input-type", "int8", "-o", tmp_path / "out.tflite")
    assert done.status == 2
    assert "give --data with samples" in done.err
