"""Files of samples that are broken, of another kind than their name says, or made to harm: one error names the file."""

import io
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from intact.data import open_samples
from intact.data.described import AudioInput, ImageInput
from intact.errors import IntactError
from intact.ir.port import Port
from intact.ir.types import DType, TensorType

FOUR = Port("x", TensorType(DType.FLOAT32, (1, 2, 2)))
A = Port("a", TensorType(DType.FLOAT32, (1, 3)))
B = Port("b", TensorType(DType.INT32, (1, 2)))
PHOTO = Port("p", TensorType(DType.FLOAT32, (1, 4, 6, 3)))
SOUND = Port("s", TensorType(DType.FLOAT32, (1, 100)))
PIXELS = {"p": ImageInput(0, 255)}
ONE, TWO = (FOUR,), (A, B)


def h5(**datasets: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            for name, content in datasets.items():
                key = name.replace("_", "/")
                if content is None:
                    file.create_group(key)
                else:
                    file[key] = content

    return write


def h5_raw(**datasets: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        h5(**datasets)(path)
        with h5py.File(path, "a") as file:
            file["value"].attrs["rawData"] = np.bytes_(b"1")

    return write


def text(content: str | bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content) and None


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def riff(*chunks: bytes) -> Callable[[Path], None]:
    body = b"WAVE" + b"".join(chunks)
    return text(b"RIFF" + struct.pack("<I", len(body)) + body)


def form(tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16) -> bytes:
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * 2, 2, bits))


def recording(rate: int = 8000, channels: int = 1, frames: int = 100) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(bytes(2 * channels * frames))

    return write


def image(mode: str, size: tuple[int, int] = (8, 8)) -> Callable[[Path], None]:
    return lambda path: Image.new(mode, size).save(path)


ZERO = np.zeros((2, 2), np.float32)
LAYOUT = "expected /value/<record>/<input>, both counted from 0. [E306]"
NO_NUMBERS = "expected rows of as many numbers each, a sample a row. [E306]"
NO_WAVE = "expected PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64 bits. [E306]"

REFUSED = {
    # HDF5
    "no HDF5": ("f.h5", ONE, text("hello"), "f.h5: is not an HDF5 file that can be read: "),
    "nothing in it": (
        "f.h5",
        ONE,
        h5(),
        "f.h5: is not laid out as samples: there is no group 'value': the file has none; " + LAYOUT,
    ),
    "other groups": (
        "f.h5",
        ONE,
        h5(x=ZERO),
        "f.h5: is not laid out as samples: there is no group 'value': the file has 'x'; " + LAYOUT,
    ),
    "value is data": ("f.h5", ONE, h5(value=ZERO), "f.h5: is not laid out as samples: there is no group 'value'"),
    "no records": ("f.h5", ONE, h5(value=None), "f.h5: there are no samples: /value is empty. [E301]"),
    "record is data": (
        "f.h5",
        ONE,
        h5(value_0=ZERO),
        "f.h5: is not laid out as samples: /value/0 is no group with a dataset for each input; " + LAYOUT,
    ),
    "counted from 1": (
        "f.h5",
        ONE,
        h5(value_1_0=ZERO, value_2_0=ZERO),
        "'2' is among them and '0' is not; expected they count from 0. [E306]",
    ),
    "named records": ("f.h5", ONE, h5(value_cat_0=ZERO), "'cat' is among them and '0' is not"),
    "too many inputs": (
        "f.h5",
        ONE,
        h5(value_0_0=ZERO, value_0_1=ZERO),
        "f.h5: /value/0: holds 2 inputs, the model takes 1; expected one for each of x, in this order. [E305]",
    ),
    "too few inputs": ("f.h5", TWO, h5(value_0_0=np.zeros(3)), "f.h5: /value/0: holds 1 inputs, the model takes 2"),
    "input is a group": (
        "f.h5",
        ONE,
        h5(value_0_0_0=ZERO),
        "f.h5: is not laid out as samples: /value/0/0 is no dataset; ",
    ),
    "empty dataset": (
        "f.h5",
        ONE,
        h5(value_0_0=h5py.Empty("f")),
        "f.h5: is not laid out as samples: /value/0/0 is empty; ",
    ),
    "text in it": (
        "f.h5",
        ONE,
        h5(value_0_0=np.array([[b"a"] * 2] * 2)),
        "f.h5: /value/0: input 'x' is given |S1; expected numbers",
    ),
    "another shape": (
        "f.h5",
        ONE,
        h5(value_0_0=np.zeros((2, 3))),
        "f.h5: /value/0: input 'x' is given the shape [2, 3]; ",
    ),
    "second record": (
        "f.h5",
        ONE,
        h5(value_0_0=ZERO, value_1_0=np.zeros(5)),
        "f.h5: /value/1: input 'x' is given the shape [5]; ",
    ),
    "raw of another size": (
        "f.h5",
        ONE,
        h5_raw(value_0_0=np.zeros(15, np.uint8)),
        "f.h5: /value/0/0 has 15 bytes; expected 16: float32 [1, 2, 2] of input 'x'. [E302]",
    ),
    "infinite": (
        "f.h5",
        ONE,
        h5(value_0_0=ZERO + np.inf),
        "f.h5: /value/0: input 'x': 4 of 4 numbers are NaN or infinite",
    ),
    # raw bytes
    "no bytes": ("f.bin", ONE, text(""), "f.bin: has 0 bytes; expected 16: float32 [1, 2, 2] of input 'x'. [E302]"),
    "odd bytes": (
        "f.raw",
        ONE,
        text(b"a" * 17),
        "f.raw: has 17 bytes; expected 16: float32 [1, 2, 2] of input 'x'. [E302]",
    ),
    "bytes of one of two": (
        "f.bin",
        TWO,
        text(b"a" * 12),
        "expected 20 in all, 12: float32 [1, 3] of input 'a' and 8: int32 [1, 2] of input 'b'. [E302]",
    ),
    "bytes that are NaN": ("f.bin", ONE, text(b"\xff" * 16), "f.bin: input 'x': 4 of 4 numbers are NaN or infinite"),
    # tables
    "no rows": ("f.csv", ONE, text(""), "f.csv: there are no samples: the file holds no rows of numbers. [E301]"),
    "heads alone": (
        "f.csv",
        ONE,
        text("a,b\n"),
        "f.csv: there are no samples: the file holds no rows of numbers. [E301]",
    ),
    "ragged": (
        "f.csv",
        ONE,
        text("1,2,3,4\n1,2,3\n"),
        "f.csv: is not a file of numbers that can be read: line 2 has 3 cells, those before have 4; " + NO_NUMBERS,
    ),
    "another width": (
        "f.csv",
        ONE,
        text("1,2,3\n" * 2),
        "f.csv: has 3 numbers a row, 2 rows; expected 4 numbers a row, those of 'x'. [E302]",
    ),
    "a word": (
        "f.csv",
        ONE,
        text("1,2,3,4\n\n1,2,three,4\n"),
        "f.csv: is not a file of numbers that can be read: line 3 has 'three' where a number should be; " + NO_NUMBERS,
    ),
    "an empty cell": ("f.csv", ONE, text("1,2,3,4\n1,,3,4\n"), "line 2 has '' where a number should be"),
    "nan in words": (
        "f.csv",
        ONE,
        text("1,2,nan,4\n"),
        "f.csv[0]: input 'x': 1 of 4 numbers is NaN or infinite, the first, nan, at [0, 1, 0]",
    ),
    "too large": ("f.csv", ONE, text("1,2,1e300,4\n"), "f.csv[0]: input 'x': 1 of 4 numbers is too large for float32"),
    "not text": (
        "f.csv",
        ONE,
        text(b"1,2,3,4\n\xff\xfe,2,3,4\n"),
        "f.csv: is not a file of numbers that can be read: line 2 is not text in UTF-8",
    ),
    "a column of nobody": (
        "f.csv",
        TWO,
        text("a_0,a_1,a_2,b_0,b_1,c\n1,2,3,4,5,6\n"),
        "f.csv: column 'c' names no input of the model; expected columns named 'a', 'b'. Leave it out",
    ),
    "a column short": (
        "f.csv",
        TWO,
        text("a_0,a_1,b_0,b_1\n1,2,3,4\n"),
        "f.csv: 2 columns are for input 'a'; expected 3, one for each of its numbers. [E302]",
    ),
    "an input without": (
        "f.csv",
        TWO,
        text("a_0,a_1,a_2\n1,2,3\n"),
        "f.csv: 0 columns are for input 'b'; expected 2, one for each of its numbers. [E305]",
    ),
    "a fraction for an integer": (
        "f.csv",
        TWO,
        text("1,2,3,4,5.5\n"),
        "f.csv[0]: input 'b': 1 of 2 numbers is not whole",
    ),
    "an integer too large": (
        "f.csv",
        TWO,
        text("1,2,3,4,3000000000\n"),
        "f.csv[0]: input 'b': 1 of 2 numbers is outside int32",
    ),
    "an integer beyond all": (
        "f.csv",
        TWO,
        text(f"1,2,3,4,{10**30}\n"),
        "f.csv[0]: input 'b': 1 of 2 numbers is outside int32",
    ),
    # lists
    "no such file": (
        "f.txt",
        ONE,
        text("gone.bin\n"),
        "f.txt: line 1: there is no file 'gone.bin'; expected a file in ",
    ),
    "too many names": (
        "f.txt",
        ONE,
        text("f.txt f.txt\n"),
        "names 2 files: 'f.txt', 'f.txt'; expected one for each of the 1 inputs, or one with all of them. [E305]",
    ),
    "an open quote": (
        "f.txt",
        ONE,
        text("'a b\n"),
        "f.txt: line 1: cannot be parted into names: No closing quotation. [E306]",
    ),
    "a folder in it": ("f.lst", ONE, text(".\n"), "f.lst: line 1: there is no file '.'"),
    "blank": ("f.list", ONE, text("\n \n"), "f.list: there are no samples: the list is empty. [E301]"),
    "zero bytes": ("f.list", ONE, text(b"a\0b\n"), "there is no file 'a\\x00b'"),
    "a list that is no text": (
        "f.list",
        ONE,
        text(b"\xff\xfe\n"),
        "f.list: is not a list of files: it is not text in UTF-8. [E306]",
    ),
    "itself": (
        "f.lst",
        ONE,
        text("f.lst\n"),
        "f.lst: is a list, which holds samples of its own for all inputs; expected a file of one sample",
    ),
    # images
    "no image": ("f.png", (PHOTO,), text("hello"), "f.png: is no image that can be read (cannot identify image file"),
    "cut off": ("f.png", (PHOTO,), lambda p: _cut(p, "PNG"), "f.png: is no image that can be read ("),
    "cut off, JPEG": ("f.jpg", (PHOTO,), lambda p: _cut(p, "JPEG"), "f.jpg: is no image that can be read ("),
    "no image input": (
        "f.png",
        (A,),
        image("RGB"),
        "input 'a' of shape [1, 3] is no image; expected 1, 3 or 4 channels in the last of 3 or 4 dimensions. [E302]",
    ),
    "floats": (
        "f.tiff",
        (PHOTO,),
        image("F"),
        "f.tiff: is no image that can be read (its grey levels are floats, of no known range). [E306]",
    ),
    "one for two": (
        "f.png",
        TWO,
        image("RGB"),
        "f.png: one image file cannot serve 2 inputs; expected arrays named 'a', 'b'. [E305]",
    ),
    # recordings
    "no RIFF": (
        "f.wav",
        (SOUND,),
        text("hello"),
        "f.wav: is not a .wav file that can be read: it does not start with RIFF and WAVE; " + NO_WAVE,
    ),
    "no data": ("f.wav", (SOUND,), riff(form()), "it holds no data"),
    "data first": ("f.wav", (SOUND,), riff(chunk(b"data", b"ab"), form()), "its data come before their format"),
    "short format": ("f.wav", (SOUND,), riff(chunk(b"fmt ", b"abc")), "its format is cut off"),
    "huge format": ("f.wav", (SOUND,), riff(b"fmt \xff\xff\xff\xff"), "its format is cut off"),
    "a-law": (
        "f.wav",
        (SOUND,),
        riff(form(tag=6, bits=8), chunk(b"data", b"ab")),
        "its numbers are of kind 6 with 8 bits",
    ),
    "12 bits": (
        "f.wav",
        (SOUND,),
        riff(form(bits=12), chunk(b"data", b"ab")),
        "its numbers are of kind 1 with 12 bits",
    ),
    "no channels": ("f.wav", (SOUND,), riff(form(channels=0), chunk(b"data", b"ab")), "it says 0 channels at 8000 Hz"),
    "data cut off": (
        "f.wav",
        (SOUND,),
        riff(form(), b"data\x10\x00\x00\x00abcd"),
        "it is cut off: 16 bytes of data are announced, there are 4",
    ),
    "no waveform input": (
        "f.wav",
        (PHOTO,),
        recording(),
        "f.wav: input 'p' of shape [1, 4, 6, 3] takes no waveform; expected [N], [1, N] or [1, N, channels].",
    ),
    "infinite sound": (
        "f.wav",
        (SOUND,),
        riff(form(tag=3, bits=32), chunk(b"data", np.float32([np.inf]).tobytes())),
        "f.wav: input 's': 1 of 100 numbers is NaN or infinite",
    ),
}


def _cut(path: Path, kind: str) -> None:
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(whole, kind)
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])


def refusal(source: object, ports: tuple[Port, ...], how: dict[str, ImageInput | AudioInput] | None = None) -> str:
    with pytest.raises(IntactError) as caught:
        list(open_samples(source, ports, how or PIXELS))  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize("case", REFUSED)
def test_one_error_names_the_file(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name, ports, write, message = REFUSED[case]
    write(Path(name))
    found = refusal(name, ports)
    assert message in found
    assert name in found
    assert "\n" not in found
    if case != "itself":  # and so it does as one of a folder's files
        (tmp_path / "d").mkdir()
        Path(name).rename(Path("d", name))
        if len(ports) == 1 and Path(name).suffix not in (".txt", ".lst", ".list"):
            assert name in refusal("d", ports)


DESCRIBED = {
    "crop beyond the input": (
        ImageInput(0, 1, crop=5),
        "crop gives 5x5, input 'p' takes 4x6 (height x width). Leave crop out",
    ),
    "smaller than the middle": (
        ImageInput(0, 1, resize=4),
        "is 4x4 once resized, smaller than the 6x4 (width x height) to be cut out",
    ),
    "grey for three": (
        ImageInput(0, 1, channels="grey"),
        "input 'p' takes 3 channels; expected an input for grey. [E302]",
    ),
    "four means": (ImageInput((1, 2, 3, 4), 1), "4 numbers are given as mean of the 3 channels of 'p'. [E302]"),
    "channels first": (
        ImageInput(0, 1, layout="nchw", channels="rgb"),
        "input 'p' takes 4 channels; expected an input for rgb",
    ),
    "nothing known": (
        ImageInput(resize=9),
        "how a pixel becomes a number of input 'p' (float32) is not in the model; expected --image",
    ),
}


@pytest.mark.parametrize("case", DESCRIBED)
def test_descriptions_that_do_not_fit(case: str, tmp_path: Path) -> None:
    how, message = DESCRIBED[case]
    image("RGB")(tmp_path / "f.png")
    found = refusal(tmp_path, (PHOTO,), {"p": how})
    assert found.startswith(f"{tmp_path / 'f.png'}: ")
    assert message in found


def test_rates(tmp_path: Path) -> None:
    recording(8000)(tmp_path / "a.wav")
    recording(16000)(tmp_path / "b.wav")
    assert refusal(tmp_path, (SOUND,)) == (
        f"{tmp_path}/b.wav: has 16000 Hz, a.wav has 8000 Hz; expected one rate, the one that the model was trained on. "
        "--audio rate=HZ,resample=yes says which and resamples the others. [E302]"
    )
    assert refusal(tmp_path, (SOUND,), {"s": AudioInput(8000)}) == (
        f"{tmp_path}/b.wav: has 16000 Hz, input 's' takes 8000 Hz; expected the rate that the model was trained on. "
        "--audio rate=8000,resample=yes resamples. [E302]"
    )
    stereo = Port("s", TensorType(DType.FLOAT32, (1, 100, 2)))
    assert "has 1 channels, input 's' takes 2. [E302]" in refusal(tmp_path, (stereo,))


def test_kinds_side_by_side(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ZERO)
    text(b"a" * 16)(tmp_path / "a.bin")
    assert refusal(tmp_path, ONE) == f"{tmp_path}: holds 1 .npy and 1 raw files; expected one kind. [E306]"


def test_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    for name, write, ports in (
        ("f.csv", text("1,2,3,4\n1,2,3,4\n"), ONE),
        ("f.bin", text(b"\0" * 32), ONE),
        ("f.wav", recording(), (SOUND,)),
        ("f.h5", h5(value_0_0=ZERO, value_1_0=ZERO), ONE),
        ("f.png", image("RGB"), (PHOTO,)),
    ):
        write(tmp_path / name)
        samples = open_samples(tmp_path / name, ports, PIXELS)
        (tmp_path / name).write_bytes(b"1,2")
        with pytest.raises(IntactError) as caught:
            list(samples)
        assert name in str(caught.value)
        (tmp_path / name).unlink()
        with pytest.raises((IntactError, OSError)):
            list(samples)


WHOLE = {
    ".h5": (h5(value_0_0=ZERO, value_1_0=ZERO), ONE),
    ".csv": (text("x_0,x_1,x_2,x_3\n1,2,3,4\n"), ONE),
    ".wav": (recording(), (SOUND,)),
    ".png": (image("RGBA"), (PHOTO,)),
    ".gif": (image("P"), (PHOTO,)),
    ".bmp": (image("RGB"), (PHOTO,)),
    ".tiff": (image("I;16"), (PHOTO,)),
    ".list": (text("f.list\n"), ONE),
}


@pytest.mark.parametrize("suffix", WHOLE)
@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_damage_is_an_error_or_samples(suffix: str, data: st.DataObject, tmp_path: Path) -> None:
    write, ports = WHOLE[suffix]
    path = tmp_path / f"f{suffix}"
    write(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        list(open_samples(path, ports, PIXELS))
    except IntactError as fault:
        assert str(path) in str(fault)
