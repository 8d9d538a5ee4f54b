"""Files that are not what their name says; a pickle is never loaded."""

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intact.data import open_samples
from intact.errors import IntactError
from intact.ir.port import Port
from intact.ir.types import DType, TensorType

PORT = Port("x", TensorType(DType.FLOAT32, (1, 4)))


class Bomb:
    def __reduce__(self):
        return pytest.fail, ("unpickled",)


def refusal(path: Path) -> str:
    with pytest.raises(IntactError) as caught:
        list(open_samples(path, [PORT]))
    return str(caught.value)


NPY = "; expected a whole .npy file of plain numbers, as numpy.save writes it. [E306]"
NPZ = "; expected a whole .npz file of plain numbers, as numpy.savez writes it. [E306]"


def test_garbage(tmp_path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(b"garbage")
    text = refusal(path)
    assert text.startswith(f"{path}: is not a .npy file that can be read: ")
    assert text.endswith(NPY)
    path.write_bytes(b"")
    assert refusal(path).endswith(NPY)


def test_pickles(tmp_path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(pickle.dumps(Bomb()))
    assert refusal(path).endswith(NPY)
    np.save(path, np.array([Bomb()], dtype=object), allow_pickle=True)
    assert refusal(path) == (
        f"{path}: is not a .npy file that can be read: it holds pickled Python objects, which are never loaded{NPY}"
    )
    archive = tmp_path / "x.npz"
    np.savez(archive, x=np.array([Bomb()], dtype=object))
    assert "it holds pickled Python objects, which are never loaded" in refusal(archive)


def test_cut_off(tmp_path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((3, 4), np.float32))
    path.write_bytes(path.read_bytes()[:-1])
    assert refusal(path) == (
        f"{path}: is not a .npy file that can be read: "
        f"it is cut off: float32 [3, 4] takes 176 bytes, there are 175{NPY}"
    )


def test_cut_off_after_it_was_opened(tmp_path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((10_000, 4), np.float32))
    samples = open_samples(path, [PORT])
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(IntactError) as caught:
        list(samples)
    assert str(caught.value) == (f"{path}: is not a .npy file that can be read: it is cut off since it was opened{NPY}")


def test_corrupt_archive(tmp_path) -> None:
    path = tmp_path / "x.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32))
    whole = bytearray(path.read_bytes())
    path.write_bytes(whole[:-10])
    assert refusal(path).startswith(f"{path}: is not a .npz file that can be read: File is not a zip file")
    whole[400] ^= 255
    path.write_bytes(whole)
    assert refusal(path).endswith(NPZ)


def test_archive_of_other_things(tmp_path) -> None:
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no arrays")
    assert refusal(path) == f"{path}: is a zip file without .npy arrays in it. [E306]"


def test_a_huge_claimed_shape_takes_no_memory(tmp_path) -> None:
    path = tmp_path / "x.npy"
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": (1 << 60, 4)})
    assert "it is cut off: float32 [1152921504606846976, 4] takes" in refusal(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutations_never_escape(tmp_path_factory, data) -> None:
    folder = tmp_path_factory.mktemp("mutations", numbered=True)
    suffix = data.draw(st.sampled_from([".npy", ".npz"]))
    path = folder / f"x{suffix}"
    stack = np.ones((3, 4), np.float32)
    np.save(path, stack) if suffix == ".npy" else np.savez_compressed(path, x=stack)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    path.write_bytes(content)
    try:
        list(open_samples(path, [PORT]))
    except IntactError as fault:
        assert str(path) in str(fault)
