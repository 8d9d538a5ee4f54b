"""Opening and saving by file name."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from formats.everything import everything
from intact.errors import FormatError, IntactError, UsageError
from intact.formats.format import load, save
from intact.ir.equal import differences
from intact.ir.op import UnknownOp
from intact.ir.text import parse

RELU = "graph main(%x: float32[2]) -> (%y) {\n  %y: float32[2] = RELU(%x)\n}\n"


def message(path: Path) -> str:
    with pytest.raises(IntactError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_what_cannot_be_opened(tmp_path) -> None:
    assert message(tmp_path / "none") == "does not exist; expected a file. [E001]"
    assert message(tmp_path) == "cannot be read (Is a directory); expected a file. [E001]"
    os.mkfifo(tmp_path / "pipe")
    assert message(tmp_path / "pipe") == "is a pipe; expected a file. [E001]"


def test_what_is_of_no_format(tmp_path) -> None:
    path = tmp_path / "model.tflite"
    path.touch()
    assert message(path).startswith("the format is not known: it is empty; expected TFLite (.tflite)")
    path.write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    assert message(path).startswith(r"the format is not known: it starts with b'\x89PNG\r\n\x1a\n'; expected TFLite")
    assert message(path).endswith("[E101]")


def test_what_is_damaged(tmp_path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(everything()[:1000])
    assert message(path).endswith("Get the file again; it is cut off or damaged. [E102]")


def test_the_contents_say_the_format_and_not_the_name(tmp_path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(everything())
    assert load(str(path)).source == str(path)


def test_constants_stay_in_the_file(tmp_path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(everything())
    array = load(path).main.values[1].array
    path.unlink()
    assert array.tolist() == [[[[3, -4]]]]
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0


def test_a_model_is_saved_over_the_file_it_was_loaded_from(tmp_path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(everything())
    model = load(path)
    for _ in range(3):
        save(model, path)
        assert differences(model, load(path)) == []
    assert [p.name for p in tmp_path.iterdir()] == ["model.tflite"]


def test_a_model_that_cannot_be_written_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(b"old")
    model = parse(RELU)
    model.main.nodes[0].op = UnknownOp("FOREIGN")
    with pytest.raises(FormatError, match=r"TFLite has no operator for node 0 FOREIGN.*\[E104\]"):
        save(model, path)
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_unknown_ending(tmp_path) -> None:
    with pytest.raises(FormatError) as caught:
        save(parse(RELU), tmp_path / "model.h5")
    assert str(caught.value).startswith(
        f"{tmp_path}/model.h5: the ending of 'model.h5' stands for no format; expected "
    )
    assert ".tflite" in str(caught.value)
    assert str(caught.value).endswith("[E104]")


def test_a_folder_that_is_not_there(tmp_path) -> None:
    path = tmp_path / "none" / "model.tflite"
    with pytest.raises(UsageError) as caught:
        save(parse(RELU), path)
    assert str(caught.value) == f"{path}: cannot be written (No such file or directory). [E002]"


def test_a_large_constant_is_neither_read_nor_copied(tmp_path) -> None:
    """In a process of its own, because what it measures is the process."""
    path = tmp_path / "model.tflite"
    model = parse(RELU)
    from intact.ir.graph import Value

    model.main.add_value(Value.constant("large", np.zeros(64 << 20, np.uint8)))
    save(model, path)
    code = f"""
import re
from pathlib import Path
from intact.formats.format import load, save

def kilobytes(what):
    return int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

load({str(path)!r})
before = kilobytes("VmRSS"), kilobytes("RssAnon")
model = load({str(path)!r})
assert kilobytes("VmRSS") - before[0] < 4096
save(model, {str(path)!r})
assert kilobytes("RssAnon") - before[1] < 4096
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_no_model_is_not_saved(tmp_path) -> None:
    with pytest.raises(UsageError) as caught:
        save(None, tmp_path / "out.tflite")
    assert str(caught.value) == (
        "a NoneType was given; expected a Model. intact.quantize(...).model is the model of a result. [E003]"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (parse(RELU), "a Model was given; expected a path, as a str or pathlib.Path. [E003]"),
        (None, "a NoneType was given; expected a path, as a str or pathlib.Path. [E003]"),
        (b"TFL3", "a bytes was given; expected a path, as a str or pathlib.Path. [E003]"),
        (0, "a int was given; expected a path, as a str or pathlib.Path. [E003]"),
        ("a\0b", "a\\x00b: no file can have that name; expected a path. [{code}]"),
        ("\ud800", "\\ud800: no file can have that name; expected a path. [{code}]"),
    ],
)
def test_what_is_no_path(given, text) -> None:
    with pytest.raises(UsageError) as caught:
        load(given)
    assert str(caught.value) == text.format(code="E001")
    with pytest.raises(UsageError) as caught:
        save(parse(RELU), given)
    assert str(caught.value) == text.format(code="E002")


def test_a_path_of_bytes_is_none(tmp_path) -> None:
    class Encoded:
        def __fspath__(self) -> bytes:
            return b"model.tflite"

    with pytest.raises(UsageError, match="a path of bytes was given; expected a path, as a str"):
        load(Encoded())
