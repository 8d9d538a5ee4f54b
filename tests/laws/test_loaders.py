"""Laws of every kind of source: the same numbers give the same samples, whatever holds them; memory is that of one."""

import csv
import pickle
import tracemalloc
import wave
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from intact.data import Samples, open_samples
from intact.data.described import AudioInput, ImageInput
from intact.ir.port import Port
from intact.ir.types import DType, TensorType

Arrays = dict[str, np.ndarray]
FLOATS = Port("a", TensorType(DType.FLOAT32, (1, 2, 3)))
WHOLE = Port("b", TensorType(DType.INT32, (1, 4)))
BYTES = Port("c", TensorType(DType.UINT8, (1, 2, 2, 3)))


def npy(folder: Path, stacks: Arrays) -> Path:
    for name, stack in stacks.items():
        np.save(folder / f"{name}.npy", stack)
    return folder if len(stacks) > 1 else folder / f"{next(iter(stacks))}.npy"


def npz(folder: Path, stacks: Arrays) -> Path:
    np.savez(folder / "s.npz", **stacks)
    return folder / "s.npz"


def subfolders(folder: Path, stacks: Arrays) -> Path:
    for name, stack in stacks.items():
        (folder / name).mkdir()
        for i, sample in enumerate(stack):
            np.save(folder / name / f"{i}.npy", sample)
    return folder


def h5_typed(folder: Path, stacks: Arrays) -> Path:
    with h5py.File(folder / "s.h5", "w") as file:
        for i, sample in enumerate(zip(*stacks.values(), strict=True)):
            for j, array in enumerate(sample):
                file[f"value/{i}/{j}"] = array[np.newaxis]
    return folder / "s.h5"


def h5_compressed(folder: Path, stacks: Arrays) -> Path:
    with h5py.File(folder / "s.hdf5", "w") as file:
        for i, sample in enumerate(zip(*stacks.values(), strict=True)):
            for j, array in enumerate(sample):
                big = array.astype(array.dtype.newbyteorder(">"))
                file.create_dataset(f"value/{i}/{j}", data=big, chunks=True, compression="gzip")
            file[f"value/{i}"].attrs["desc"] = "a record"
    return folder / "s.hdf5"


def h5_raw(folder: Path, stacks: Arrays) -> Path:
    with h5py.File(folder / "s.h5", "w") as file:
        file.create_group("value").attrs["rawData"] = "1"
        for i, sample in enumerate(zip(*stacks.values(), strict=True)):
            for j, array in enumerate(sample):
                file[f"value/{i}/{j}"] = np.frombuffer(array.tobytes(), np.uint8)
    return folder / "s.h5"


def raw_files(folder: Path, stacks: Arrays) -> Path:
    for i, sample in enumerate(zip(*stacks.values(), strict=True)):
        (folder / f"{i}.bin").write_bytes(b"".join(array.tobytes() for array in sample))
    return folder


def list_of_each(folder: Path, stacks: Arrays) -> Path:
    lines = []
    for i, sample in enumerate(zip(*stacks.values(), strict=True)):
        for j, array in enumerate(sample):
            (folder / f"{i}_{j}.data").write_bytes(array.tobytes())
        lines.append(" ".join(f"{i}_{j}.data" for j in range(len(sample))) + " \r\n\n")
    (folder / "all.txt").write_text("".join(lines))
    return folder / "all.txt"


def list_of_all(folder: Path, stacks: Arrays) -> Path:
    raw_files(folder, stacks)
    count = len(next(iter(stacks.values())))
    (folder / "all.list").write_text("\n".join(str(folder / f"{i}.bin") for i in range(count)))
    return folder / "all.list"


def csv_with_heads(folder: Path, stacks: Arrays) -> Path:
    with (folder / "s.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC)
        heads = [f"{n}_{i}" for n, stack in stacks.items() for i in range(stack[0].size)]
        writer.writerow(["y", *heads])
        for sample in zip(*stacks.values(), strict=True):
            writer.writerow([7, *(repr(v) for array in sample for v in array.reshape(-1).tolist())])
    return folder / "s.csv"


def tsv_without(folder: Path, stacks: Arrays) -> Path:
    rows = zip(*stacks.values(), strict=True)
    lines = ["\t".join(repr(v) for array in row for v in array.reshape(-1).tolist()) for row in rows]
    (folder / "s.tsv").write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return folder / "s.tsv"


def generator(_: Path, stacks: Arrays) -> object:
    return (dict(zip(stacks, sample, strict=True)) for sample in zip(*stacks.values(), strict=True))


def function(_: Path, stacks: Arrays) -> object:
    return lambda: iter([list(sample) for sample in zip(*stacks.values(), strict=True)])


def dictionaries(_: Path, stacks: Arrays) -> object:
    return [dict(zip(stacks, sample, strict=True)) for sample in zip(*stacks.values(), strict=True)]


def paths(folder: Path, stacks: Arrays) -> object:
    subfolders(folder, stacks)
    count = len(next(iter(stacks.values())))
    return ({name: folder / name / f"{i}.npy" for name in stacks} for i in range(count))


def mapping(_: Path, stacks: Arrays) -> object:
    return stacks


WAYS: dict[str, Callable[[Path, Arrays], object]] = {
    way.__name__: way
    for way in (
        npy, npz, subfolders, h5_typed, h5_compressed, h5_raw, raw_files, list_of_each, list_of_all, csv_with_heads,
        tsv_without, generator, function, dictionaries, paths, mapping,
    )
}  # fmt: skip


def drawn(ports: list[Port], count: int, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    found = {}
    for port in ports:
        shape = (count, *(port.type.shape or ())[1:])
        if port.type.dtype == DType.FLOAT32:
            found[port.name] = rng.normal(0, 10.0 ** rng.integers(-9, 9), shape).astype(np.float32)
        else:
            low, high = port.type.dtype.limits
            found[port.name] = rng.integers(low, high, shape, port.type.dtype.numpy, endpoint=True)
    return found


def same(samples: Samples, stacks: Arrays) -> None:
    assert len(samples) == len(next(iter(stacks.values())))
    assert len(set(samples.labels())) == len(samples)
    for index in [*range(len(samples)), 0]:
        for name, stack in stacks.items():
            found = samples[index].arrays[name]
            assert found.dtype == stack.dtype
            np.testing.assert_array_equal(found, stack[index][np.newaxis])


@pytest.mark.parametrize("ports", [[FLOATS], [BYTES], [FLOATS, WHOLE], [BYTES, FLOATS, WHOLE]], ids=len)
@pytest.mark.parametrize("way", WAYS)
def test_the_same_numbers_are_the_same_samples(way: str, ports: list[Port], tmp_path_factory) -> None:
    @given(count=st.integers(2, 12), seed=st.integers(0, 1 << 30))
    @settings(max_examples=4)
    def check(count: int, seed: int) -> None:
        stacks = drawn(ports, count, seed)
        samples = open_samples(WAYS[way](tmp_path_factory.mktemp("s"), stacks), ports)  # type: ignore[arg-type]
        same(samples, stacks)
        same(pickle.loads(pickle.dumps(samples)), stacks)

    check()


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".ppm", ".tiff", ".gif"])
def test_images_hold_their_pixels(suffix: str, tmp_path: Path) -> None:
    grey = Port("c", TensorType(DType.UINT8, (1, 5, 7, 1)))
    stacks = drawn([grey], 4, 0)
    for i, pixels in enumerate(stacks["c"]):
        Image.fromarray(pixels[:, :, 0]).save(tmp_path / f"{i}{suffix}")
    same(open_samples(tmp_path, [grey]), stacks)
    same(open_samples(sorted(tmp_path.iterdir()), [grey]), stacks)
    real = Port("c", TensorType(DType.FLOAT32, (1, 5, 7, 1)))
    scaled = {"c": (stacks["c"].astype(np.float32) - np.float32(127.5)) / np.float32(127.5)}
    same(open_samples(tmp_path, [real], {"c": ImageInput(127.5, 127.5)}), scaled)


def test_images_and_numbers_of_several_inputs(tmp_path: Path) -> None:
    stacks = drawn([BYTES, WHOLE], 5, 1)
    for name in stacks:
        (tmp_path / name).mkdir()
    for i, (pixels, numbers) in enumerate(zip(*stacks.values(), strict=True)):
        Image.fromarray(pixels).save(tmp_path / "c" / f"{i}.png")
        (tmp_path / "b" / f"{i}.csv").write_text(",".join(map(str, numbers)))
    same(open_samples(tmp_path, [BYTES, WHOLE]), stacks)
    (tmp_path / "pairs.lst").write_text("\n".join(f"c/{i}.png b/{i}.csv" for i in range(5)))
    same(open_samples(tmp_path / "pairs.lst", [BYTES, WHOLE]), stacks)


def test_recordings_hold_their_samples(tmp_path: Path) -> None:
    own = Port("s", TensorType(DType.INT16, (1, 50)))
    stacks = drawn([own], 4, 2)
    for i, sound in enumerate(stacks["s"]):
        with wave.open(str(tmp_path / f"{i}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(sound.astype("<i2").tobytes())
    same(open_samples(tmp_path, [own]), stacks)
    real = Port("s", TensorType(DType.FLOAT32, (1, 50)))
    same(open_samples(tmp_path, [real]), {"s": stacks["s"].astype(np.float32) / 32768})
    pcm = open_samples(tmp_path, [real], {"s": AudioInput(rate=16000, scale=32768)})
    same(pcm, {"s": stacks["s"].astype(np.float32)})


@pytest.mark.parametrize("way", [npy, npz, h5_compressed, raw_files, tsv_without, generator])
def test_memory_is_that_of_one_sample(way: Callable[[Path, Arrays], object], tmp_path: Path) -> None:
    port = Port("a", TensorType(DType.FLOAT32, (1, 4096)))
    stacks = {"a": np.zeros((500, 4096), np.float32)}  # 7.8 MiB
    source = way(tmp_path, stacks)
    if way is generator:
        source = (np.zeros(4096, np.float32) for _ in range(500))
    tracemalloc.start()
    samples = open_samples(source, [port])  # type: ignore[arg-type]
    assert sum(1 for _ in samples) == 500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20
