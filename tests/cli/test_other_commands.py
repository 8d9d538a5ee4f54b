"""intact compare, calibrate and convert as users run them."""

from pathlib import Path

import numpy as np
import pytest

import intact
from command import CALIBRATION, DENSE, FLOAT, HELD_BACK, TWO, Intact, contents, samples, saved
from intact.ir.equal import differences


@pytest.fixture
def dense(tmp_path: Path) -> tuple[Path, Path]:
    """A model and its samples."""
    np.save(tmp_path / "x.npy", samples(4))
    return saved(DENSE, tmp_path), tmp_path / "x.npy"


def test_compare_a_model_with_itself(intact_: Intact, dense: tuple[Path, Path]) -> None:
    model, data = dense
    done = intact_("compare", model, model, "--data", data, "--json")
    assert done.status == 0
    assert set(done.json) == {
        "reference",
        "candidate",
        "resolver",
        "samples",
        "signature",
        "outputs",
        "min_sqnr_db",
        "passed",
        "below",
    }
    assert (done.json["min_sqnr_db"], done.json["passed"], done.json["below"]) == (None, None, [])
    assert (done.json["reference"], done.json["samples"]) == (str(model), 8)
    output, before = done.json["outputs"]
    assert (output["name"], before["name"]) == ("y", "y before SOFTMAX")
    assert output == {
        "name": "y",
        "samples": 8,
        "elements": 24,
        "equal": 1.0,
        "sqnr_db": None,
        "identical": True,
        "cosine": pytest.approx(1),
        "max_abs_error": 0.0,
        "worst_sample": "x.npy[0]",
        "top1_agreement": 1.0,
        "not_finite": 0,
    }
    assert "identical" in intact_("compare", model, model, "--data", data).out


def test_compare_by_a_threshold(intact_: Intact, dense: tuple[Path, Path], tmp_path: Path) -> None:
    model, data = dense
    out = tmp_path / "int8.tflite"
    intact_("quantize", model, "--data", data, "-o", out)
    assert intact_("compare", model, out, "--data", data, "--min-sqnr", 10).status == 0
    missed = intact_("compare", model, out, "--data", data, "--min-sqnr", 150, "--json")
    assert missed.status == 1
    reached = missed.json["outputs"][0]["sqnr_db"]
    assert reached < 150
    verdict = {name: missed.json[name] for name in ("min_sqnr_db", "passed", "below")}
    assert verdict == {"min_sqnr_db": 150, "passed": False, "below": ["y", "y before SOFTMAX"]}
    first, second = missed.err.splitlines()
    assert first == f"note: output 'y' has {reached:.2f} dB, less than the 150 dB that are asked for"
    assert second.startswith("note: output 'y before SOFTMAX' has ")
    passed = intact_("compare", model, out, "--data", data, "--min-sqnr", 10, "--json")
    assert (passed.json["passed"], passed.json["below"], passed.err) == (True, [], "")
    assert intact_("compare", model, model, "--data", data, "--min-sqnr", 150).status == 0


def test_compare_with_a_model_that_gives_no_numbers(intact_: Intact, dense: tuple[Path, Path], tmp_path: Path) -> None:
    model, data = dense
    broken = saved(
        DENSE.replace("const float32[3] random(1)", "const float32[3] [nan, nan, nan]"), tmp_path, "b.tflite"
    )
    done = intact_("compare", model, broken, "--data", data, "--min-sqnr", 0, "--json")
    assert done.status == 1
    assert done.json["outputs"][0]["identical"] is False
    assert done.json["outputs"][0]["not_finite"] == 24
    assert "note: output 'y' has 24 elements that are not finite\n" in done.err
    assert "24 elements not finite" in intact_("compare", model, broken, "--data", data).out
    unknown = intact_("compare", broken, model, "--data", data, "--min-sqnr", 0)
    assert unknown.status == 1, "nothing is known"
    assert "note: output 'y' has no finite number to measure\n" in unknown.err
    no_number = intact_("compare", model, model, "--data", data, "--min-sqnr", "nan")
    assert "Invalid value for '--min-sqnr': nan is no number of dB. " in no_number.error


def test_compare_indices_by_a_threshold(intact_: Intact, tmp_path: Path) -> None:
    texts = {name: f"graph main(%x: float32[1,4]) -> (%y) {{ {line} }}" for name, line in INDICES.items()}
    first, second = (saved(text, tmp_path, f"{name}.tflite") for name, text in texts.items())
    np.save(tmp_path / "x.npy", samples(4))
    done = intact_("compare", first, second, "--data", tmp_path / "x.npy", "--min-sqnr", 30)
    assert done.status == 1
    assert done.err == ("note: output 'y' agrees in 0.0% of its elements, less than the 90% that are asked for\n")


INDICES = {
    "largest": "%a = const int32[] [1]\n %y = ARG_MAX(%x, %a) {output_type=int32}",
    "smallest": "%a = const int32[] [1]\n %y = ARG_MIN(%x, %a) {output_type=int32}",
}
"""Two models of one input whose outputs are indices that never agree."""


def test_compare_a_signature(intact_: Intact, tmp_path: Path) -> None:
    model = saved(TWO, tmp_path)
    np.savez(tmp_path / "second.npz", left=samples(2), right=samples(2))
    done = intact_("compare", model, model, "--data", tmp_path / "second.npz", "--signature", "second", "--json")
    assert [output["name"] for output in done.json["outputs"]] == ["sum"]
    done = intact_("compare", model, model, "--data", tmp_path / "second.npz", "--signature", "third")
    assert done.error == f"{model}: there is no signature 'third'; expected one of first, second. [E004]"


def test_compare_models_that_do_not_belong_together(intact_: Intact, dense: tuple[Path, Path], tmp_path: Path) -> None:
    model, data = dense
    wide = saved(DENSE.replace("[3", "[5"), tmp_path, "wide.tflite")
    done = intact_("compare", model, wide, "--data", data)
    assert done.error == "output 'y' has the shapes [1, 3] and [1, 5]. [E201]"


def test_calibrate_says_what_it_did(intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "ranges.json"
    done = intact_("calibrate", FLOAT, "--data", CALIBRATION, "-o", out, "--json")
    assert done.json == {
        "model": str(FLOAT),
        "output": str(out),
        "samples": 200,
        "ranges": 13,
        "observer": "min-max",
        "warnings": [],
    }
    done = intact_("calibrate", FLOAT, "--data", HELD_BACK, "-o", out)
    assert done.out == f"{out}: ranges of 13 values over 360 samples\n"
    assert done.err == "note: array 'y' is not used\n"


@pytest.mark.parametrize("observer", ["min-max", "percentile", "moving-average"])
def test_calibrate_in_parts_and_by_workers(intact_: Intact, tmp_path: Path, observer: str) -> None:
    images = np.load(CALIBRATION)["image"]
    for name, part in (("all", images), ("a", images[:70]), ("b", images[70:])):
        np.save(tmp_path / f"{name}.npy", part)
        data = ("--data", tmp_path / f"{name}.npy", "--observer", observer, "--workers", "2" if name == "a" else "1")
        assert intact_("calibrate", FLOAT, *data, "-o", tmp_path / f"{name}.json").status == 0
    merged = intact.Ranges.load(tmp_path / "a.json", tmp_path / "b.json")
    merged.save(tmp_path / "merged.json")
    assert (tmp_path / "merged.json").read_bytes() == (tmp_path / "all.json").read_bytes()


def test_calibrate_stops_early(intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "ranges.json"
    done = intact_("calibrate", FLOAT, "--data", CALIBRATION, "--until-stable", "0.5", "-o", out)
    assert done.err == "note: no range moved any more: 40 of 200 samples were run\n"
    assert done.out == f"{out}: ranges of 13 values over 40 samples\n"


def test_calibrate_leaves_no_checkpoint(intact_: Intact, tmp_path: Path) -> None:
    out, saved_to = tmp_path / "ranges.json", tmp_path / "unfinished"
    done = intact_("calibrate", FLOAT, "--data", CALIBRATION, "--checkpoint", saved_to, "-o", out)
    assert (done.status, saved_to.exists()) == (0, False)
    saved_to.write_text("notes")
    done = intact_("calibrate", FLOAT, "--data", CALIBRATION, "--checkpoint", saved_to, "-o", out)
    assert "unfinished: is no unfinished calibration that can be read" in done.error
    assert saved_to.read_text() == "notes"
    done = intact_("calibrate", FLOAT, "--data", CALIBRATION, "--checkpoint", out, "-o", out)
    assert "is named for two outputs" in done.error


def test_ranges_in_the_model_itself(intact_: Intact, tmp_path: Path) -> None:
    carrier, ranges, first, second = (tmp_path / n for n in ("c.tflite", "r.json", "a.tflite", "b.tflite"))
    data = ("--data", CALIBRATION)
    assert intact_("calibrate", FLOAT, *data, "-o", ranges).status == 0
    done = intact_("calibrate", FLOAT, *data, "--embed", "-o", carrier)
    assert done.out == f"{carrier}: ranges of 13 values over 200 samples\n"
    tensors = intact_("inspect", carrier, "--full", "--json").json["tensors"]
    kept = {t["name"]: (t["min"], t["max"]) for t in tensors if t["min"] is not None}
    entries = intact.Ranges.load(ranges).entries.values()
    assert kept == {e.name: (e.min, e.max) for e in entries}
    assert intact_("quantize", FLOAT, "--ranges", ranges, "-o", first).status == 0
    done = intact_("quantize", carrier, "-o", second)
    assert "the ranges of 13 values are those that the model file records" in " ".join(done.out.split())
    assert second.read_bytes() == first.read_bytes()
    done = intact_("calibrate", FLOAT, *data, "--embed", "-o", tmp_path / "r2.json")
    assert "r2.json" in done.error and not (tmp_path / "r2.json").exists()
    assert "give --data with samples, or --ranges" in intact_("quantize", FLOAT, "-o", second).error


def test_nothing_that_is_read_is_replaced(intact_: Intact, here: Path) -> None:
    folder = here / "samples"
    folder.mkdir()
    with np.load("x.npz") as arrays:
        np.save(folder / "0.npy", arrays["image"][0])
    (here / "again.json").symlink_to("model.tflite")
    (here / "linked.tflite").hardlink_to("x.npz")
    before = contents(here)
    another = "expected another file. Choose another name. [E002]"
    for data, name, found in (
        ("x.npz", "model.tflite", "the model itself"),
        ("x.npz", "again.json", "the model itself"),
        ("x.npz", "x.npz", "a file of samples"),
        ("x.npz", "linked.tflite", "a file of samples"),
        ("samples", "samples/0.npy", "a file of samples"),
    ):
        for command in ("calibrate", "quantize"):
            done = intact_(command, "model.tflite", "--data", data, "-o", name)
            assert done.error == f"{name}: is {found}; {another}"
    done = intact_("calibrate", "model.tflite", "--data", "x.npz", "-o", "ranges.tflite")
    assert done.error.startswith("ranges.tflite: is the name of a model; expected a name for ranges")
    assert contents(here) == before


def test_ranges_may_be_written_beside_the_samples(intact_: Intact, here: Path) -> None:
    folder = here / "samples"
    folder.mkdir()
    with np.load("x.npz") as arrays:
        np.save(folder / "0.npy", arrays["image"][0])
    for _ in range(2):
        assert intact_("calibrate", "model.tflite", "--data", "samples", "-o", "samples/r.json").status == 0


def test_samples_of_a_signature_are_not_replaced(intact_: Intact, tmp_path: Path) -> None:
    model = saved(TWO, tmp_path)
    np.save(tmp_path / "first.npy", samples(4))
    done = intact_("calibrate", model, "--data", f"first={tmp_path / 'first.npy'}", "-o", tmp_path / "first.npy")
    assert "first.npy: is a file of samples; expected another file" in done.error


def test_calibrate_every_signature(intact_: Intact, tmp_path: Path) -> None:
    model = saved(TWO, tmp_path)
    np.save(tmp_path / "first.npy", samples(4))
    np.savez(tmp_path / "second.npz", left=samples(2), right=samples(2))
    data = ("--data", f"first={tmp_path / 'first.npy'}", "--data", f"second={tmp_path / 'second.npz'}")
    done = intact_("calibrate", model, *data, "-o", tmp_path / "both.json", "--json")
    assert (done.json["samples"], done.json["ranges"]) == (16, 5)
    assert intact_("quantize", model, "--ranges", tmp_path / "both.json", "-o", tmp_path / "o.tflite").status == 0


def test_convert_rewrites_a_file(intact_: Intact, tmp_path: Path) -> None:
    out = tmp_path / "out.tflite"
    done = intact_("convert", FLOAT, out, "--json")
    assert done.json == {
        "source": str(FLOAT),
        "target": str(out),
        "source_bytes": FLOAT.stat().st_size,
        "target_bytes": out.stat().st_size,
    }
    assert differences(intact.load(FLOAT), intact.load(out)) == []
    assert intact_("convert", out, out).out.startswith(f"{out}: {out.stat().st_size} bytes, from "), "onto itself"
    assert differences(intact.load(FLOAT), intact.load(out)) == []
