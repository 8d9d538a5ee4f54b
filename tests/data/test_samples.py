"""The sequence itself: subsets, order, processes and threads."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intact.data import Samples, open_samples
from intact.errors import UsageError
from intact.ir.port import Port
from intact.ir.types import DType, TensorType

PORT = Port("x", TensorType(DType.FLOAT32, (1, 2)))


def numbered(count: int) -> Samples:
    return open_samples(np.arange(2 * count, dtype=np.float32).reshape(count, 1, 2), [PORT])


@given(st.integers(2, 700))
def test_split_takes_one_in_five_evenly(count: int) -> None:
    kept, back = numbered(count).split()
    assert sorted(kept.indices + back.indices) == list(range(count))
    assert len(back) == min(max(round(count / 5), 1), 64)
    gaps = np.diff([-1, *back.indices, count])
    assert gaps.max() <= 2 * (count / len(back)) + 1
    assert (kept.indices, back.indices) == tuple(part.indices for part in numbered(count).split())


def test_one_sample_is_on_both_sides() -> None:
    kept, back = numbered(1).split()
    assert kept.indices == back.indices == (0,)
    assert kept.notes == back.notes == ("there is one sample, so calibration and check use the same",)


def test_split_by_count() -> None:
    kept, back = numbered(10).split(3)
    assert back.indices == (1, 5, 8)
    assert kept.indices == (0, 2, 3, 4, 6, 7, 9)
    with pytest.raises(UsageError, match=r"10 of 10 samples cannot be held back; expected 1 to 9\. \[E003\]"):
        numbered(10).split(10)


@given(st.integers(1, 100), st.integers(1, 100))
def test_take_is_evenly_spread(total: int, count: int) -> None:
    taken = numbered(total).take(count)
    assert len(set(taken.indices)) == len(taken) == min(total, count)
    assert taken.indices == tuple(sorted(taken.indices))
    assert [s.label for s in taken] == [f"samples[{i}]" for i in taken.indices]


def test_subsets_of_subsets() -> None:
    assert numbered(10).take(5).take(2).indices == (3, 7)
    with pytest.raises(UsageError, match=r"0 samples are asked for; expected at least 1\. \[E003\]"):
        numbered(10).take(0)


def test_index_out_of_range_names_the_range() -> None:
    with pytest.raises(IndexError, match=r"sample 10 of 10; expected an index in \[-10, 9\]"):
        numbered(10)[10]


def test_other_processes_read_the_same(tmp_path) -> None:
    np.savez_compressed(tmp_path / "s.npz", x=np.arange(20.0).reshape(10, 2))
    samples = open_samples(tmp_path / "s.npz", [PORT])
    samples[3]
    packed = pickle.dumps(samples)
    twin = pickle.loads(packed)
    assert len(packed) < 2000
    for a, b in zip(samples, twin, strict=True):
        assert a.label == b.label
        np.testing.assert_array_equal(a.arrays["x"], b.arrays["x"])


def test_threads_do_not_disturb_each_other(tmp_path) -> None:
    stack = np.arange(600.0).reshape(300, 2)
    np.savez_compressed(tmp_path / "s.npz", x=stack)
    samples = open_samples(tmp_path / "s.npz", [PORT])
    order = np.random.default_rng(0).integers(0, 300, 500).tolist()
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda i: samples[i].arrays["x"][0], order))
    np.testing.assert_array_equal(read, stack[order])


def test_memory_stays_that_of_a_sample(tmp_path) -> None:
    import tracemalloc

    np.savez_compressed(tmp_path / "s.npz", x=np.zeros((2000, 1, 4096), np.float32))  # 31 MiB of zeros
    samples = open_samples(tmp_path / "s.npz", [Port("x", TensorType(DType.FLOAT32, (1, 4096)))])
    tracemalloc.start()
    for sample in samples:
        assert sample.arrays["x"].shape == (1, 4096)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20
