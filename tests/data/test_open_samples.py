"""Every kind of source gives the same samples."""

from pathlib import Path

import numpy as np
import pytest

from intact.data import Samples, labels, open_samples
from intact.errors import DataError, IntactError
from intact.ir.port import Port
from intact.ir.types import DType, TensorType

IMAGE = Port("image", TensorType(DType.FLOAT32, (1, 4, 3, 2), (-1, 4, 3, 2)), aliases=("input_1:0",))
RGB = Port("image", TensorType(DType.FLOAT32, (1, 4, 3, 3)))
A = Port("a", TensorType(DType.FLOAT32, (1, 3)))
B = Port("b", TensorType(DType.INT32, (1, 2)))
STACK = np.arange(7 * 24, dtype=np.float32).reshape(7, 4, 3, 2)
AS = np.arange(15, dtype=np.float32).reshape(5, 3)
BS = np.arange(10, dtype=np.int32).reshape(5, 2)


def refusal(source, ports) -> str:
    with pytest.raises(IntactError) as caught:
        list(open_samples(source, ports))
    return str(caught.value)


def images(folder, *, batch: bool, kind: str = "npy", start: int = 6):
    folder.mkdir(exist_ok=True)
    for i, image in enumerate(STACK):  # 6.npy ... 12.npy: sorted as text, 10 would come before 6
        array = image[np.newaxis] if batch else image
        if kind == "npy":
            np.save(folder / f"{start + i}.npy", array)
        else:
            np.savez(folder / f"{start + i}.npz", image=array, y=i)
    return folder


FILES = {
    "stack.npy": lambda p: np.save(p / "s.npy", STACK) or p / "s.npy",
    "fortran.npy": lambda p: np.save(p / "s.npy", np.asfortranarray(STACK)) or p / "s.npy",
    "big endian": lambda p: np.save(p / "s.npy", STACK.astype(">f8")) or p / "s.npy",
    "stack of batches": lambda p: np.save(p / "s.npy", STACK[:, np.newaxis]) or p / "s.npy",
    "npz by name": lambda p: np.savez(p / "s.npz", image=STACK, other=STACK) or p / "s.npz",
    "npz by alias": lambda p: np.savez(p / "s.npz", **{"input_1:0": STACK, "x": STACK[:2]}) or p / "s.npz",
    "npz by file-name alias": lambda p: np.savez(p / "s.npz", input_1_0=STACK, x=STACK[:2]) or p / "s.npz",
    "npz by x": lambda p: np.savez_compressed(p / "s.npz", x=STACK, other=STACK) or p / "s.npz",
    "npz by shape": lambda p: np.savez_compressed(p / "s.npz", q=STACK, r=np.zeros(7)) or p / "s.npz",
    "fortran.npz": lambda p: np.savez_compressed(p / "s.npz", q=np.asfortranarray(STACK)) or p / "s.npz",
    "folder": lambda p: images(p / "d", batch=True),
    "folder without batch": lambda p: images(p / "d", batch=False),
    "folder of npz": lambda p: images(p / "d", batch=False, kind="npz"),
    "folder of stacks": lambda p: [np.save(p / f"{i}.npy", s) for i, s in enumerate((STACK[:3], STACK[3:]))] and p,
    "subfolder": lambda p: images(p / "image", batch=False).parent,
}
OBJECTS = {
    "array": lambda: STACK,
    "list": lambda: list(STACK),
    "nested list": STACK.tolist,
    "generator": lambda: (s for s in STACK),
    "function": lambda: lambda: ([s[np.newaxis]] for s in STACK),
    "loader of batches": lambda: [STACK[:4], STACK[4:]],
    "dict": lambda: {"image": STACK, "y": np.arange(7)},
    "dict of lists": lambda: {"image": STACK.tolist()},
    "dicts": lambda: [{"input_1:0": s} for s in STACK],
    "tuples": lambda: tuple((s,) for s in STACK),
}


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_files_for_one_input(write, tmp_path) -> None:
    check_images(open_samples(write(tmp_path), [IMAGE]))


@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS)
def test_objects_for_one_input(make) -> None:
    check_images(open_samples(make(), [IMAGE]))


def check_images(samples: Samples) -> None:
    assert len(samples) == 7
    for _ in range(2):
        for sample, image in zip(samples, STACK, strict=True):
            np.testing.assert_array_equal(sample.arrays["image"], image[np.newaxis])
            assert sample.arrays["image"].dtype == np.float32
            assert not sample.arrays["image"].flags.writeable
    assert len({sample.label for sample in samples}) == 7
    for i in (6, 0, 3, -2, 5):  # in any order, also backwards through a compressed stream
        np.testing.assert_array_equal(samples[i].arrays["image"], STACK[i][np.newaxis])


PAIR_FILES = {
    "npz": lambda p: np.savez_compressed(p / "s.npz", b=BS, a=AS, y=np.zeros(5)) or p / "s.npz",
    "folder of npz": lambda p: [np.savez(p / f"{i}.npz", a=AS[i], b=BS[i]) for i in range(5)] and p,
    "named files": lambda p: [np.save(p / f"{n}.npy", s) for n, s in (("a", AS), ("b", BS))] and p,
}
PAIR_OBJECTS = {
    "dict": lambda: {"a": AS, "b": BS},
    "dicts": lambda: [{"a": a, "b": b[np.newaxis]} for a, b in zip(AS, BS, strict=True)],
    "lists": lambda: ([a, b.tolist()] for a, b in zip(AS, BS, strict=True)),
}


@pytest.mark.parametrize("write", PAIR_FILES.values(), ids=PAIR_FILES)
def test_files_for_two_inputs(write, tmp_path) -> None:
    check_pairs(open_samples(write(tmp_path), [A, B]))


@pytest.mark.parametrize("make", PAIR_OBJECTS.values(), ids=PAIR_OBJECTS)
def test_objects_for_two_inputs(make) -> None:
    check_pairs(open_samples(make(), [A, B]))


def check_pairs(samples: Samples) -> None:
    assert len(samples) == 5
    np.testing.assert_array_equal(np.concatenate([s.arrays["a"] for s in samples]), AS)
    np.testing.assert_array_equal(np.concatenate([s.arrays["b"] for s in samples]), BS)


def test_subfolders_are_paired_in_order_of_names(tmp_path) -> None:
    for name, stack, prefix in (("a", AS, "first"), ("b", BS, "second")):
        (tmp_path / name).mkdir()
        for i, array in enumerate(stack):
            np.save(tmp_path / name / f"{prefix}_{8 + i}.npy", array)
    samples = open_samples(tmp_path, [A, B])
    np.testing.assert_array_equal(np.concatenate([s.arrays["b"] for s in samples]), BS)
    assert samples[2].label == "first_10.npy+second_10.npy"
    assert samples.notes == (
        "files of different names are paired in sorted order, such as 'first_8.npy', 'second_8.npy'",
    )
    (tmp_path / "b" / "second_12.npy").unlink()
    assert refusal(tmp_path, [A, B]) == (
        f"{tmp_path}: the folders hold different numbers of files, or none: 'a' 5, 'b' 4; "
        "expected as many in each. [E305]"
    )


def test_labels_are_where_they_were_put(tmp_path) -> None:
    np.savez(tmp_path / "s.npz", image=STACK, y=np.arange(7))
    np.testing.assert_array_equal(labels(tmp_path / "s.npz"), np.arange(7))
    np.testing.assert_array_equal(labels({"image": STACK, "y": range(7)}), np.arange(7))
    assert labels({"image": STACK}) is None
    assert labels(STACK) is None
    assert labels(tmp_path) is None


@pytest.mark.parametrize(
    "source, notes",
    [
        ({"image": STACK, "y": range(7), "z": [1]}, ("array 'y' is not used", "array 'z' is not used")),
        ({"im": STACK}, ("array 'im' is taken for input 'image'",)),
        (
            STACK.astype(np.uint8),
            ("input 'image': samples are uint8, the first in [0, 23]; taken as they are, not scaled",),
        ),
        ([{"image": s, "id": 1} for s in STACK], ("array 'id' is not used",)),
    ],
)
def test_notes_say_what_was_made_of_the_source(source, notes) -> None:
    assert open_samples(source, [IMAGE]).notes == notes


def test_other_files_of_a_folder_are_noted(tmp_path) -> None:
    images(tmp_path, batch=True)
    (tmp_path / "README.md").touch()
    (tmp_path / ".DS_Store").touch()
    assert open_samples(tmp_path, [IMAGE]).notes == ("the folder's other entries are not used: 'README.md'",)


def test_a_folder_of_images_says_what_to_do(tmp_path) -> None:
    (tmp_path / "cat.JPG").touch()
    assert refusal(tmp_path, [RGB]) == (
        f"{tmp_path}/cat.JPG: how a pixel becomes a number of input 'image' (float32) is not in the model; expected "
        "--image mean=M,std=S: real = (pixel - mean) / std. mean=0,std=255 makes pixels 0 to 1, mean=127.5,std=127.5 "
        "-1 to 1, and mean=0,std=1 leaves 0 to 255. [E303]"
    )


def test_nothing_to_read(tmp_path) -> None:
    assert refusal(tmp_path / "none", [IMAGE]) == (
        f"{tmp_path}/none: does not exist; expected a file or folder of samples. [E001]"
    )
    assert refusal(tmp_path / "none.npy", [IMAGE]) == f"{tmp_path}/none.npy: does not exist; expected a file. [E001]"
    assert refusal(tmp_path, [IMAGE]) == (
        f"{tmp_path}: there are no samples: the folder holds none; "
        "expected files of one kind (.npy, .npz, .h5, images, .wav, .csv, .raw or .bin), or a subfolder of them for "
        "each input. [E301]"
    )
    (tmp_path / "cat.doc").touch()
    assert "the folder holds 'cat.doc'; expected files of one kind" in refusal(tmp_path, [IMAGE])
    assert refusal(tmp_path / "cat.doc", [IMAGE]) == (
        f"{tmp_path}/cat.doc: is not a kind of file that samples are read from; expected .npy, .npz, .h5, images, "
        ".wav, .csv, .raw or .bin, a list of such files (.list, .txt), or a folder of them. [E306]"
    )
    (tmp_path / "image").mkdir()
    assert "'image' 0; expected as many in each. [E301]" in refusal(tmp_path, [IMAGE])
    assert refusal([], [IMAGE]) == (
        "samples: there are no samples: the iterable is empty; expected at least one. "
        "An iterator that was read before is empty; give a list, or the function that makes the iterator. [E301]"
    )
    assert refusal(STACK[:0], [IMAGE]) == (
        "samples: there are no samples: 'image' is given the shape [0, 4, 3, 2]. [E301]"
    )
    assert refusal(STACK, []) == "the model has no inputs to give samples to. [E305]"
    assert refusal(3, [IMAGE]) == (
        "samples are given as int; expected a path, an array, a dict of arrays, or an iterable of those. [E306]"
    )


def test_mixed_kinds_of_files(tmp_path) -> None:
    images(tmp_path, batch=True)
    np.savez(tmp_path / "more.npz", image=STACK)
    assert refusal(tmp_path, [IMAGE]) == f"{tmp_path}: holds 7 .npy and 1 .npz files; expected one kind. [E306]"


def test_names(tmp_path) -> None:
    assert refusal({"a": AS, "bb": BS}, [A, B]) == (
        "samples: input 'b' has no data: the arrays are 'a', 'bb'; expected arrays named 'a', 'b'. "
        "Perhaps 'bb' is meant. [E305]"
    )
    assert refusal([{"a": AS[0], "b": BS[0]}, {"a": AS[0], "b": BS[0], "c": BS[0]}], [A, B]) == (
        "samples[1]: array 'c' names no input of the model; expected arrays named 'a', 'b'. Leave it out. [E305]"
    )
    assert refusal({"p": STACK, "q": STACK}, [IMAGE]) == (
        "samples: input 'image' has no data: the arrays are 'p [7, 4, 3, 2]', 'q [7, 4, 3, 2]'; "
        "expected one named 'image' or 'x', or only one whose shape fits. [E305]"
    )
    assert refusal(AS, [A, B]) == (
        "samples: one array is given for 2 inputs; expected a dict with 'a', 'b', or a list of arrays in that order. "
        "[E305]"
    )
    assert refusal([[AS, BS, BS]], [A, B]).startswith("samples[0]: a list of 3 is given for 2 inputs; expected")
    np.save(tmp_path / "a.npy", AS)
    assert refusal(tmp_path / "a.npy", [A, B]) == (
        f"{tmp_path}/a.npy: one array cannot serve 2 inputs; expected arrays named 'a', 'b'. [E305]"
    )
    assert refusal(tmp_path, [A, B]) == (
        f"{tmp_path}: input 'b' has no data: the files are 'a'; expected files named 'a', 'b'. [E305]"
    )


def test_different_numbers_of_samples() -> None:
    assert refusal({"a": AS, "b": BS[:4]}, [A, B]) == (
        "samples: the inputs have different numbers of samples: 'a' 5, 'b' 4; expected as many for each. [E302]"
    )


def test_no_array() -> None:
    assert refusal([[1.0, [2.0]]], [A]).startswith("samples[0]: is no array: ")


class Loader:
    """Makes its arrays anew whenever it is asked, as loaders of other libraries do."""

    def __iter__(self):
        return iter([np.zeros((1, 3), np.float32), np.ones((1, 3), np.float32)])


def test_what_is_read_once_is_counted() -> None:
    assert open_samples((s for s in AS), [A]).notes == ("the generator was read once, to its end: 5 entries",)
    samples = open_samples(Loader(), [A])
    assert samples.notes == ("the Loader was read once, to its end: 2 entries",)
    assert [s.arrays["a"][0, 0] for s in samples] == [0, 1]


def test_labels_beside_arrays() -> None:
    assert refusal([(AS[0], np.array(3))], [A]) == (
        "samples[0]: a list of 2 arrays is given for 1 input, of shapes [3], []; expected an array for 'a' alone. "
        "Where the others are labels, leave them out: (x for x, *_ in data). [E305]"
    )


def test_temporary_files_go(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    samples = open_samples((s for s in AS), [A])
    kept = samples.split()[0]
    del samples
    assert len(list(tmp_path.iterdir())) == 1
    assert kept[0].arrays["a"].shape == (1, 3)
    del kept
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_listed_twice(tmp_path) -> None:
    np.save(tmp_path / "a b.npy", AS[0])
    (tmp_path / "all.list").write_text('a b.npy\n"a b.npy"\n')
    samples = open_samples(tmp_path / "all.list", [A])
    assert samples.labels() == ["a b.npy", "a b.npy (line 2)"]
    np.testing.assert_array_equal(samples[1].arrays["a"], samples[0].arrays["a"])


def test_a_list_names_no_files_of_many_samples(tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "all.list").write_text("a.h5\n")
    with pytest.raises(DataError, match=r"a\.h5: is an HDF5 file, which holds samples of its own.*\[E306\]"):
        open_samples(tmp_path / "all.list", [Port("x", TensorType(DType.FLOAT32, (1, 2)))])


@pytest.mark.parametrize("text", ["1_000,2\n", "1,2\n3,1_0\n"])
def test_numbers_of_text_have_no_underscores(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match="where a number should be"):
        samples = open_samples(tmp_path / "a.csv", [Port("x", TensorType(DType.FLOAT32, (1, 2)))])
        list(samples)
