"""What users give the command line by mistake: one line says what is wrong, and nothing is left behind."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from command import DENSE, FLOAT, TWO, Intact, contents, samples, saved
from intact.quantizer.recipe import RECIPES

FLOAT_BYTES = FLOAT.read_bytes()


@pytest.mark.parametrize("command", ["inspect", "convert", "calibrate", "quantize", "compare"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "does not exist; expected a file. [E001]"),
        (b"", "the format is not known: it is empty; expected TFLite (.tflite). [E101]"),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(50),
            r"the format is not known: it starts with b'\x89PNG\r\n\x1a\n'; expected TFLite (.tflite). [E101]",
        ),
        (
            FLOAT_BYTES.replace(b"TFL3", b"TFL9"),
            r"the format is not known: it starts with b'\x1c\x00\x00\x00TFL9'; expected TFLite (.tflite). [E101]",
        ),
        (
            FLOAT_BYTES[:40_000],
            (
                "buffer 12: 73728 bytes at 10608 are outside the file of 40000 bytes. "
                "Get the file again; it is cut off or damaged. [E102]"
            ),
        ),
    ],
    ids=["missing", "empty", "png", "magic", "truncated"],
)
def test_files_that_are_no_model(
    command: str, content: bytes | None, expected: str, intact_: Intact, here: Path
) -> None:
    if content is not None:
        Path("bad.tflite").write_bytes(content)
    before = contents(here)
    more: dict[str, tuple[str, ...]] = {
        "inspect": (),
        "convert": ("out.tflite",),
        "calibrate": ("--data", "x.npz", "-o", "out.json"),
        "quantize": ("--data", "x.npz", "-o", "out.tflite"),
        "compare": ("model.tflite", "--data", "x.npz"),
    }
    assert intact_(command, "bad.tflite", *more[command]).error == f"bad.tflite: {expected}"
    assert contents(here) == before


def test_a_folder_as_model(intact_: Intact, here: Path) -> None:
    Path("folder").mkdir()
    done = intact_("inspect", "folder")
    assert done.error == "folder: cannot be read (Is a directory); expected a file. [E001]"


BAD_OUTPUTS = [
    ("", "the name of the output is empty; expected a file name. [E002]"),
    ("none/out.tflite", "none/out.tflite: there is no folder none. Make it first. [E002]"),
    ("model.tflite/out.tflite", "model.tflite/out.tflite: there is no folder model.tflite. Make it first. [E002]"),
    ("folder.tflite", "folder.tflite: is a folder; expected a file name. [E002]"),
    ("out.onnx", "out.onnx: the ending of 'out.onnx' stands for no format; expected .tflite. [E104]"),
    ("out", "out: the ending of 'out' stands for no format; expected .tflite. [E104]"),
    ("model.tflite", "model.tflite: is the model itself; expected another file. Choose another name. [E002]"),
]


@pytest.mark.parametrize(("out", "expected"), BAD_OUTPUTS)
def test_outputs(out: str, expected: str, intact_: Intact, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("folder.tflite").mkdir()
    monkeypatch.setattr("intact.quantizer.shards.Session", None)  # before any work
    before = contents(here)
    assert intact_("quantize", "model.tflite", "--data", "x.npz", "-o", out).error == expected
    if out != "model.tflite":
        assert intact_("convert", "model.tflite", out).error == expected
    assert contents(here) == before


def test_a_folder_that_cannot_be_written_to(intact_: Intact, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")  # the tests may run as root, who may write anywhere

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    done = intact_("quantize", "model.tflite", "--data", "x.npz", "-o", "out.tflite")
    assert done.error == "out.tflite: the folder . cannot be written to (Read-only file system). [E002]"


@pytest.mark.parametrize("command", ["convert", "calibrate", "quantize"])
def test_a_disk_that_fills_up(command: str, intact_: Intact, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    out = "out.json" if command == "calibrate" else "out.tflite"
    Path(out).write_bytes(b'{"format": "intact ranges", an older file')
    before = contents(here)
    more = (out,) if command == "convert" else ("--data", "x.npz", "-o", out)
    done = intact_(command, "model.tflite", *more)
    assert done.error == f"{out}: cannot be written (No space left on device). [E002]"
    assert contents(here) == before, "the old file is whole and nothing lies beside it"


BAD_OPTIONS = [
    (
        ("--recipe", "int9"),
        f"there is no recipe 'int9'; expected one of {', '.join(RECIPES)}. Perhaps 'int8' is meant. [E003]",
    ),
    (
        ("--observer", "mean"),
        (
            "there is no observer 'mean'; expected one of entropy, min-max, moving-average, mse, percentile, "
            "record-percentile. [E003]"
        ),
    ),
    (
        ("--input-type", "int32"),
        (
            "intact quantize: Invalid value for '--input-type': 'int32' is not one of "
            "'float32', 'int8', 'uint8', 'int16'. "
            "`intact quantize --help` says more. [E003]"
        ),
    ),
    (
        ("--resolver", "xnnpack"),
        (
            "intact quantize: Invalid value for '--resolver': 'xnnpack' is not one of 'default', 'optimized', "
            "'reference'. `intact quantize --help` says more. [E003]"
        ),
    ),
    (
        ("--data", "classify=x.npz"),
        "model.tflite: there is no signature 'classify'; expected one of serving_default. [E004]",
    ),
    (("--data", "x.npz"), "--data is given twice for the main graph; expected one source each. [E003]"),
]


@pytest.mark.parametrize(("options", "expected"), BAD_OPTIONS)
def test_options(options: tuple[str, ...], expected: str, intact_: Intact, here: Path) -> None:
    before = contents(here)
    assert intact_("quantize", "model.tflite", "--data", "x.npz", *options, "-o", "out.tflite").error == expected
    assert contents(here) == before


def test_arguments_that_are_missing_or_unknown(intact_: Intact, here: Path) -> None:
    says_more = "`intact quantize --help` says more. [E003]"
    assert intact_("quantize").error == f"intact quantize: Missing argument 'MODEL'. {says_more}"
    assert intact_("quantize", "model.tflite", "-o", "o.tflite").error == (
        f"intact quantize: give --data with samples, or --ranges with ranges recorded from samples. {says_more}"
    )
    assert intact_("quantize", "model.tflite", "--data", "x.npz").error == (
        f"intact quantize: Missing option '-o' / '--output'. {says_more}"
    )
    unknown = intact_("quantise", "model.tflite").error
    assert unknown == "intact: no such command 'quantise'. Did you mean 'quantize'? `intact --help` says more. [E003]"


def test_ranges(intact_: Intact, here: Path) -> None:
    other = saved(DENSE, here, "other.tflite")
    np.save("dense.npy", samples(4))
    intact_("calibrate", other, "--data", "dense.npy", "-o", "other.json")
    intact_("calibrate", "model.tflite", "--data", "x.npz", "-o", "mine.json")
    Path("text.json").write_text("hello")
    Path("list.json").write_text("[]")
    broken = json.loads(Path("mine.json").read_text())
    broken["values"][0]["min"] = float("nan")
    Path("nan.json").write_text(json.dumps(broken))
    before = contents(here)
    wrote = "expected what `intact calibrate` wrote. [E402]"
    expected = {
        "none.json": "none.json: does not exist; expected a file. [E001]",
        "text.json": "text.json: is not a file of ranges: it is not JSON: Expecting value: line 1 column 1 (char 0); "
        + wrote,
        "list.json": f'list.json: is not a file of ranges: there is no "format": "intact ranges"; {wrote}',
        "nan.json": f"nan.json: tensor 'image' has the range [nan, {broken['values'][0]['max']}]; "
        "expected two finite float32 numbers, the smaller one first. [E403]",
        "other.json": f"ranges of '{other}' are given for 'model.tflite', without tensors 'x', 'a', 'y'; expected "
        "ranges of the same model. Record them anew: intact calibrate model.tflite --data DATA -o RANGES. [E402]",
    }
    for name, text in expected.items():
        assert intact_("quantize", "model.tflite", "--ranges", name, "-o", "out.tflite").error == text
    both = intact_("quantize", "model.tflite", "--ranges", "mine.json", "--ranges", "other.json", "-o", "out.tflite")
    assert both.error.startswith("other.json: ranges of 'model.tflite' and of ")
    assert both.error.endswith("which differ in tensors or operators; expected ranges of one model. [E402]")
    assert contents(here) == before


def test_a_model_that_is_quantized_already(intact_: Intact, here: Path) -> None:
    intact_("quantize", "model.tflite", "--data", "x.npz", "-o", "int8.tflite")
    intact_("calibrate", "model.tflite", "--data", "x.npz", "-o", "ranges.json")
    expected = (
        "int8.tflite: the model is already quantized: int8 per-channel; expected a float32 model. "
        "Start from the float model it was made of. [E401]"
    )
    for source in ("--data", "x.npz"), ("--ranges", "ranges.json"):
        assert intact_("quantize", "int8.tflite", *source, "-o", "out.tflite").error == expected
    assert intact_("calibrate", "int8.tflite", "--data", "x.npz", "-o", "out.json").error == expected
    assert not Path("out.tflite").exists()


def test_a_model_that_litert_refuses(intact_: Intact, here: Path) -> None:
    saved(
        "graph main(%x: float32[1,4]) -> (%y) {\n"
        '  %y: float32[1,4] = UNKNOWN(%x) {code="CUSTOM", custom_code="Nobody"}\n}',
        here,
    )
    np.save("x.npy", samples(4))
    done = intact_("quantize", "model.tflite", "--data", "x.npy", "-o", "out.tflite")
    assert done.error.startswith(
        "model.tflite: LiteRT's default kernels refuse the model: Encountered unresolved custom op: Nobody"
    )
    assert done.error.endswith("[E501]")
    assert intact_("inspect", "model.tflite", "--json").json["operator_counts"] == {"CUSTOM:Nobody": 1}


def test_a_model_that_breaks_its_operators_rules(intact_: Intact, here: Path) -> None:
    saved(
        "graph main(%x: float32[1,4,4,1]) -> (%y) {\n  %y: float32[1,2,2,1] = MAX_POOL_2D(%x) {padding=VALID, "
        "stride_w=0, stride_h=2, filter_width=2, filter_height=2}\n}",
        here,
    )
    np.save("x.npy", samples(4, 4, 1))
    done = intact_("quantize", "model.tflite", "--data", "x.npy", "-o", "out.tflite")
    assert done.error.startswith("model.tflite: node 0 MAX_POOL_2D 'y': ")
    assert done.error.endswith("[E207]")


def test_a_signature_without_samples_of_its_own(intact_: Intact, here: Path) -> None:
    saved(TWO, here)
    np.save("x.npy", samples(4))
    done = intact_("quantize", "model.tflite", "--data", "second=x.npy", "-o", "out.tflite")
    assert done.error == "x.npy: one array cannot serve 2 inputs; expected arrays named 'left', 'right'. [E305]"
    done = intact_("quantize", "model.tflite", "--data", "second=", "-o", "out.tflite")
    assert done.error == "the path of the samples is empty; expected a file or folder of samples. [E001]"
