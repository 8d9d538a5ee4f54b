"""intact check --data, and the warnings of calibrate and quantize, as users meet them."""

from pathlib import Path

import numpy as np

import intact
from command import CALIBRATION, FLOAT, TWO, Intact, samples, saved


def bytes_of_digits(folder: Path) -> Path:
    np.save(folder / "bytes.npy", np.load(CALIBRATION)["image"] * 255)
    return folder / "bytes.npy"


def test_nothing_found(intact_: Intact) -> None:
    done = intact_("check", FLOAT, "--data", CALIBRATION)
    assert (done.status, done.out) == (0, f"{CALIBRATION}: nothing found in 200 samples\n")
    done = intact_("check", FLOAT, "--data", CALIBRATION, "--json")
    assert done.json == {"model": str(FLOAT), "samples": 200, "findings": [], "notes": []}


def test_the_wrong_scale(intact_: Intact, tmp_path: Path) -> None:
    data = bytes_of_digits(tmp_path)
    done = intact_("check", FLOAT, "--data", data, "--json")
    assert done.status == 1
    (found,) = done.json["findings"]
    assert (found["code"], found["severity"], found["input"], found["count"]) == ("W303", "warning", "image", 200)
    assert (found["data"], found["signature"], found["samples"]) == (str(data), None, [])
    assert found["text"].startswith(
        "values are in [0, 255], far more than the network expects: the first layer, CONV_2D"
    )
    assert found["fix"] == "Scale them as for training: x / 255 makes pixels 0 to 1, x / 127.5 - 1 makes them -1 to 1"
    assert (found["figures"]["low"], found["figures"]["high"]) == (0, 255)
    table = intact_("check", FLOAT, "--data", data)
    assert table.status == 1
    assert table.out.startswith(f"{data}: 1 finding in 200 samples\ncode  severity  where")


def test_what_is_refused_is_found(intact_: Intact, tmp_path: Path) -> None:
    stack = np.load(CALIBRATION)["image"].astype(np.float32)
    stack[[3, 90], 2, 2, 0] = np.nan
    np.save(tmp_path / "x.npy", stack)
    done = intact_("check", FLOAT, "--data", tmp_path / "x.npy", "--json")
    assert done.status == 1
    (found,) = done.json["findings"]
    assert (found["code"], found["severity"], found["count"]) == ("E304", "refused", 2)
    assert found["samples"] == [f"{tmp_path / 'x.npy'}[3]", f"{tmp_path / 'x.npy'}[90]"]
    np.save(tmp_path / "y.npy", stack[:, :7])
    done = intact_("check", FLOAT, "--data", tmp_path / "y.npy", "--json")
    (found,) = done.json["findings"]
    assert (done.status, found["code"], found["samples"]) == (1, "E302", [str(tmp_path / "y.npy")])
    assert "input 'image' is given the shape [200, 7, 8, 1]" in found["text"]


def test_calibrate_and_quantize_warn(intact_: Intact, tmp_path: Path) -> None:
    data, out = bytes_of_digits(tmp_path), tmp_path / "ranges.json"
    done = intact_("calibrate", FLOAT, "--data", data, "-o", out, "--json")
    assert done.status == 0
    assert done.err.count("warning: ") == 1
    assert done.err.splitlines()[-1].startswith("warning: input 'image': values are in [0, 255], far more than")
    assert done.err.splitlines()[-1].endswith("[W303]")
    assert [w["code"] for w in done.json["warnings"]] == ["W303"]
    done = intact_("quantize", FLOAT, "--data", data, "-o", tmp_path / "out.tflite", "--json")
    assert done.status == 0
    assert [w["code"] for w in done.json["warnings"]] == ["W303"]
    assert done.err.count("warning: ") == 1


def test_each_signature_has_its_samples(intact_: Intact, tmp_path: Path) -> None:
    model = saved(TWO, tmp_path)
    np.save(tmp_path / "x.npy", samples(4, count=64))
    np.savez(tmp_path / "uv.npz", left=samples(2, count=64), right=samples(2, count=64, seed=1) * [1e9, 1])
    done = intact_(
        "check", model, "--data", f"first={tmp_path / 'x.npy'}", "--data", f"second={tmp_path}/uv.npz", "--json"
    )
    assert done.json["samples"] == 128
    assert {f["signature"] for f in done.json["findings"]} <= {"second"}


def test_options_that_do_not_go_together(intact_: Intact) -> None:
    done = intact_("check", FLOAT, "--data", CALIBRATION, "--profiles", "litert-reference")
    assert done.error.startswith("intact check: --profiles is for checking a model, --data for checking samples")
    done = intact_("check", FLOAT, "--image", "mean=0,std=255")
    assert done.error.startswith("intact check: --image and --audio say how --data becomes numbers")


def test_a_path_that_is_not_there(intact_: Intact) -> None:
    assert intact_("check", FLOAT, "--data", "nowhere.npy").error.endswith("[E001]")


def test_a_quantized_model_gets_the_rest(tmp_path: Path) -> None:
    from digits import int8

    found = intact.check_data(int8(), CALIBRATION)
    assert found.findings == ()
    assert found.notes[0].startswith("not checked by running the network: the model is quantized")


def test_all_samples_that_do_not_fit_are_named(intact_: Intact, tmp_path: Path) -> None:
    folder = tmp_path / "arrays"
    folder.mkdir()
    for number in range(12):
        np.save(folder / f"{number}.npy", np.zeros((8, 8, 1) if number < 3 else (8, 7, 1), np.float32))
    np.save(folder / "20.npy", np.full((8, 8, 1), "a"))
    done = intact_("check", FLOAT, "--data", folder, "--json")
    assert done.status == 1
    first, second = done.json["findings"]
    assert (first["code"], first["count"]) == ("E302", 9)
    assert first["samples"] == [str(folder / f"{n}.npy") for n in range(3, 11)]
    assert (second["code"], second["count"], second["samples"]) == ("E303", 1, [str(folder / "20.npy")])
    table = intact_("check", FLOAT, "--data", folder)
    assert table.out.startswith(
        f"{folder}: the samples do not open, so their numbers were not looked at\ncode  severity"
    )
    assert str(intact.check_data(intact.load(FLOAT), folder)).startswith(
        "the samples do not open, so their numbers were not looked at: 2 findings\nrefused: "
    )
    error = intact_("calibrate", FLOAT, "--data", folder, "-o", tmp_path / "r.json").error
    assert error.startswith(f"{folder / '3.npy'}: input 'image' is given the shape [8, 7, 1]; expected ")
    assert error.endswith(" And 9 more: 4.npy, 5.npy, 6.npy, 7.npy, 8.npy and others. [E302]")
