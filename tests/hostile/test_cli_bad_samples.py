"""Samples that users give the command line by mistake: one line says what is wrong, and nothing is left behind."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command import Intact, contents, samples, saved

IMAGES = samples(8, 8, 1)
TWO_INPUTS = "graph main(%a: float32[1,2], %b: float32[1,2]) -> (%y) { %y = ADD(%a, %b) }"


def npy(array: np.ndarray) -> Callable[[], None]:
    return lambda: np.save("d.npy", array, allow_pickle=True)


def npz(**arrays: np.ndarray) -> Callable[[], None]:
    return lambda: np.savez("d.npz", **arrays)


def folder(**contents: bytes) -> Callable[[], None]:
    def make() -> None:
        Path("d").mkdir()
        for name, content in contents.items():
            Path("d", name.replace("_", ".")).write_bytes(content)

    return make


IMAGE = "[1, 8, 8, 1] or [8, 8, 1], or a stack [N, 8, 8, 1]"
PLAIN_NPY = "expected a whole .npy file of plain numbers, as numpy.save writes it. [E306]"
WITH_INF = np.where(np.arange(512).reshape(8, 8, 8, 1) == 200, np.inf, IMAGES)

BAD_DATA = {
    "missing": ("d.npy", None, "d.npy: does not exist; expected a file. [E001]"),
    "missing folder": ("d", None, "d: does not exist; expected a file or folder of samples. [E001]"),
    "no name": ("", None, "the path of the samples is empty; expected a file or folder of samples. [E001]"),
    "empty folder": (
        "d",
        folder(),
        (
            "d: there are no samples: the folder holds none; expected files of one kind (.npy, .npz, .h5, images, "
            ".wav, .csv, .raw or .bin), or a subfolder of them for each input. [E301]"
        ),
    ),
    "junk folder": (
        "d",
        folder(readme_txt=b"hello", x_md=b"1,2"),
        (
            "d: there are no samples: the folder holds 'readme.txt', 'x.md'; expected files of one kind (.npy, .npz, "
            ".h5, images, .wav, .csv, .raw or .bin), or a subfolder of them for each input. [E301]"
        ),
    ),
    "text": (
        "model.tflite",
        None,
        (
            "model.tflite: is not a kind of file that samples are read from; expected .npy, .npz, .h5, images, .wav, "
            ".csv, .raw or .bin, a list of such files (.list, .txt), or a folder of them. [E306]"
        ),
    ),
    "junk npy": (
        "d/a.npy",
        folder(a_npy=b"hello"),
        "d/a.npy: is not a .npy file that can be read: EOF: reading magic string, expected 8 bytes got 5; " + PLAIN_NPY,
    ),
    "pickle": (
        "d.npy",
        npy(np.array([{}, 1], object)),
        "d.npy: is not a .npy file that can be read: it holds pickled Python objects, which are never loaded; "
        + PLAIN_NPY,
    ),
    "text array": (
        "d.npy",
        npy(np.array(["a"])),
        "d.npy: input 'image' is given <U1; expected numbers that become float32. [E303]",
    ),
    "wrong shape": (
        "d.npy",
        npy(samples(3, 9, 9)),
        f"d.npy: input 'image' is given the shape [8, 3, 9, 9]; expected {IMAGE}. [E302]",
    ),
    "channels first": (
        "d.npy",
        npy(samples(1, 8, 8)),
        (
            f"d.npy: input 'image' is given the shape [8, 1, 8, 8]; expected {IMAGE}. The dimensions seem to be in "
            "another order: numpy.transpose(x, (0, 2, 3, 1)) would fit. [E302]"
        ),
    ),
    "nan": (
        "d.npy",
        npy(IMAGES * np.nan),
        (
            "d.npy[0]: input 'image': 64 of 64 numbers are NaN or infinite, the first, nan, at [0, 0, 0, 0]; "
            "expected finite numbers. Repair or remove the sample. [E304]"
        ),
    ),
    "one infinity": (
        "d.npy",
        npy(WITH_INF),
        (
            "d.npy[3]: input 'image': 1 of 64 numbers is NaN or infinite, the first, inf, at [0, 1, 0, 0]; "
            "expected finite numbers. Repair or remove the sample. [E304]"
        ),
    ),
    "too large": (
        "d.npy",
        npy(np.full((4, 8, 8, 1), 1e300)),
        (
            "d.npy[0]: input 'image': 64 of 64 numbers are too large for float32, the first, 1e+300, at [0, 0, 0, 0]; "
            "expected float32 numbers. [E303]"
        ),
    ),
    "none": (
        "d.npy",
        npy(IMAGES[:0]),
        "d.npy: there are no samples: 'image' is given the shape [0, 8, 8, 1]. [E301]",
    ),
    "wrong names": (
        "d.npz",
        npz(imagr=IMAGES, other=IMAGES),
        (
            "d.npz: input 'image' has no data: the arrays are 'imagr [8, 8, 8, 1]', 'other [8, 8, 8, 1]'; expected one "
            "named 'image' or 'x', or only one whose shape fits. Perhaps 'imagr' is meant. [E305]"
        ),
    ),
}


@pytest.mark.parametrize(("path", "make", "expected"), BAD_DATA.values(), ids=BAD_DATA.keys())
def test_samples(path: str, make: Callable[[], None] | None, expected: str, intact_: Intact, here: Path) -> None:
    if make is not None:
        make()
    before = contents(here)
    for command, out in (("quantize", "out.tflite"), ("calibrate", "out.json")):
        assert intact_(command, "model.tflite", "--data", path, "-o", out).error == expected
    assert intact_("compare", "model.tflite", "model.tflite", "--data", path).error == expected
    assert contents(here) == before


def test_arrays_of_a_model_with_two_inputs(intact_: Intact, here: Path) -> None:
    saved(TWO_INPUTS, here)
    np.save("one.npy", samples(2))
    np.savez("names.npz", a=samples(2), c=samples(2))
    np.savez("counts.npz", a=samples(2), b=samples(2, count=7))
    expected = {
        "one.npy": "one.npy: one array cannot serve 2 inputs; expected arrays named 'a', 'b'. [E305]",
        "names.npz": "names.npz: input 'b' has no data: the arrays are 'a', 'c'; "
        "expected arrays named 'a', 'b'. [E305]",
        "counts.npz": "counts.npz: the inputs have different numbers of samples: 'a' 8, 'b' 7; expected as many for "
        "each. [E302]",
    }
    for path, text in expected.items():
        assert intact_("quantize", "model.tflite", "--data", path, "-o", "out.tflite").error == text
