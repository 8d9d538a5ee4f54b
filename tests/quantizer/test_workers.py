"""Calibration gives the same bytes however the work is divided, cut off and taken up again."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import intact
from command import FLOAT
from intact.errors import QuantError, UsageError
from intact.observe import observer_names
from intact.quantizer import checkpoint as checkpoints
from intact.quantizer.calibrate import open_inputs
from intact.quantizer.work import Job, tasks

SAMPLES = np.random.default_rng(0).uniform(0, 16, (61, 8, 8, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    return intact.load(FLOAT)


def written(ranges, folder: Path) -> bytes:
    ranges.save(folder / "r.json")
    return (folder / "r.json").read_bytes()


def samples(model, count=None):
    shape = model.main.inputs[0].shape
    return SAMPLES[:count].reshape(-1, *shape[1:]) if np.prod(shape[1:]) == 64 else SAMPLES[:count]


@pytest.mark.parametrize("name", observer_names())
def test_workers_merge_to_the_same_bytes(model, name, tmp_path) -> None:
    alone = written(intact.calibrate(model, samples(model), observe=name), tmp_path)
    for workers in (2, 4):
        assert written(intact.calibrate(model, samples(model), observe=name, workers=workers), tmp_path) == alone
    with ThreadPoolExecutor(3) as pool:
        assert written(intact.calibrate(model, samples(model), observe=name, executor=pool), tmp_path) == alone
    first = intact.calibrate(model, samples(model)[:24], observe=name)
    second = intact.calibrate(model, samples(model)[24:], observe=name)
    assert written(first.merge(second), tmp_path) == alone


def test_processes_may_do_it(model, tmp_path) -> None:
    alone = written(intact.calibrate(model, samples(model), observe="percentile"), tmp_path)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = intact.calibrate(model, samples(model), observe="percentile", executor=pool)
    assert written(found, tmp_path) == alone


def test_a_fault_of_a_worker_names_its_sample(model) -> None:
    broken = samples(model).copy()
    broken[37] = np.nan
    with pytest.raises(intact.errors.IntactError, match=r"37"):
        intact.calibrate(model, broken, workers=3)


def test_nonsense_is_refused(model) -> None:
    with pytest.raises(UsageError, match=r"workers is 0; expected an integer, 1 or more"):
        intact.calibrate(model, samples(model), workers=0)
    with pytest.raises(UsageError, match=r"ranges are to be stable to 3 of their width; expected a part of 1"):
        intact.calibrate(model, samples(model), until_stable=3)


def test_it_goes_on_from_a_checkpoint(model, tmp_path, monkeypatch) -> None:
    alone = written(intact.calibrate(model, samples(model), observe="entropy"), tmp_path)
    monkeypatch.setattr(checkpoints, "_SECONDS", 0.0)
    file = tmp_path / "half"

    class CutError(Exception):
        pass

    def cut(items, total, label):
        for i, item in enumerate(items):
            if i == 30:
                raise CutError
            yield item

    with pytest.raises(CutError):
        intact.calibrate(model, samples(model), observe="entropy", checkpoint=file, progress=cut)
    assert json.loads(file.read_text())["done"] == 24
    counted = []

    def count(items, total, label):
        counted.append(total)
        return items

    found = intact.calibrate(model, samples(model), observe="entropy", checkpoint=file, progress=count)
    assert (written(found, tmp_path), counted) == (alone, [37])
    assert not file.exists()


def test_an_executor_is_given_all_there_is_in_few_parts(model) -> None:
    class Counting(ThreadPoolExecutor):
        submitted = 0

        def submit(self, *arguments, **named):
            self.submitted += 1
            return super().submit(*arguments, **named)

    many = np.concatenate([samples(model)] * 10)
    with Counting(2) as pool:
        intact.calibrate(model, many, executor=pool, isolate=False)
        assert pool.submitted == -(-len(many) // 8)
        job = Job(intact.load(FLOAT), 0, open_inputs(model, model.main, many), "min-max")
        parts = list(tasks(job, job.chunks(), far=True, single=False))
        assert len(parts) <= 64
        assert sum(len(part.samples) for part in parts) == len(many)
        sent = len(pickle.dumps(parts[0]))
        assert (
            sent < FLOAT.stat().st_size + 2 * parts[0].samples[0].arrays["image"].nbytes * len(parts[0].samples) + 9000
        )


def test_a_checkpoint_of_something_else(model, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(checkpoints, "_SECONDS", 0.0)
    file = tmp_path / "half"
    with pytest.raises(ZeroDivisionError):
        intact.calibrate(
            model, samples(model), checkpoint=file, progress=lambda items, *_: (x / (x < 20) for x in items)
        )
    with pytest.raises(QuantError, match=r"half: is of another calibration: it differs in observer; expected the same"):
        intact.calibrate(model, samples(model), observe="mse", checkpoint=file)
    with pytest.raises(QuantError, match=r"differs in samples, names; expected the same"):
        intact.calibrate(model, samples(model)[:50], checkpoint=file)
    changed = samples(model).copy()
    changed[5] += 1
    with pytest.raises(QuantError, match=r"differs in the contents of samples; expected the same"):
        intact.calibrate(model, changed, checkpoint=file)
    changed = samples(model).copy()
    changed[-1] += 1  # was not run yet
    intact.calibrate(model, changed, checkpoint=file, keep_checkpoint=True)
    assert json.loads(file.read_text())["done"] == len(changed)
    file.write_text('{"format": "something"}')
    with pytest.raises(QuantError, match=r"half: is no unfinished calibration that can be read"):
        intact.calibrate(model, samples(model), checkpoint=file)


def test_it_stops_where_ranges_no_longer_move(model) -> None:
    same = np.repeat(samples(model)[:8], 12, axis=0)
    seen = []

    def count(items, total, label):
        for item in items:
            seen.append(item)
            yield item

    found = intact.calibrate(model, same, until_stable=0.5, progress=count)
    assert len(seen) < len(same)
    assert len(found) == len(intact.calibrate(model, same))


KILLED = """
import sys, time
import intact
from intact.quantizer import checkpoint
checkpoint._SECONDS = 0.0
import numpy as np
model = intact.load(sys.argv[1])
def slow(items, total, label):
    for item in items:
        time.sleep(0.003)
        yield item
data, half = np.load(sys.argv[2]), sys.argv[3]
found = intact.calibrate(model, data, observe="percentile", checkpoint=half, isolate=False, progress=slow)
found.save(sys.argv[4])
"""


def test_killed_ten_times_and_resumed(model, tmp_path) -> None:
    np.save(tmp_path / "x.npy", np.concatenate([samples(model)] * 8))
    alone = written(intact.calibrate(model, np.load(tmp_path / "x.npy"), observe="percentile"), tmp_path)
    out, half = tmp_path / "out.json", tmp_path / "half"
    command = [sys.executable, "-c", KILLED, str(FLOAT), str(tmp_path / "x.npy"), str(half), str(out)]
    rng = np.random.default_rng(5)
    for kill in range(10):
        before = half.stat().st_mtime_ns if half.exists() else 0
        process = subprocess.Popen(command, env=os.environ)
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            if half.exists() and half.stat().st_mtime_ns != before:
                break
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not out.exists(), f"kill {kill} came too late to test anything"
        done = json.loads(half.read_text())["done"]
        assert done > 0
    subprocess.run(command, check=True)
    assert out.read_bytes() == alone
