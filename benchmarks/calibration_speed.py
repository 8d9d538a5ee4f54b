"""Calibration beside LiteRT's own float inference and AI Edge Quantizer, in turn, milliseconds a sample.

    python benchmarks/calibration_speed.py [--aeq-python PYTHON] [--workers 2] [--samples 48] [--rounds 3] MODEL ...

PYTHON is an interpreter with ai-edge-quantizer. Samples are random numbers of [0, 1), as ../shared/bench/peers.py
draws them. What a calibration costs besides its samples (loading, the trial run in another process) is taken off on
both sides: the time of a few samples is subtracted from that of many. Float inference is LiteRT with XNNPACK on one
thread, and on as many interpreters at a time as there are workers, each on a thread of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

import intact
from intact.engines.litert import Session
from intact.ir.model import Model

PEERS = pathlib.Path(__file__).parents[2] / "shared/bench/peers.py"
FEW = 4
PEER = "AI Edge Quantizer"


def inference(model: Model, sample: np.ndarray, count: int, at_once: int) -> float:
    """Returns milliseconds an inference, of so many at a time."""
    sessions = [Session(model) for _ in range(at_once)]
    runs = [s.bare({s.inputs[0].name: sample}) for s in sessions]

    def loop(run: Callable[[], None]) -> None:
        for _ in range(count // at_once):
            run()

    threads = [threading.Thread(target=loop, args=(run,)) for run in runs]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1e3 * (time.perf_counter() - start) / (count // at_once * at_once)


def calibration(model: Model, samples: np.ndarray, observer: str, workers: int) -> float:
    """Returns milliseconds a sample."""
    seconds = []
    for part in (samples[:FEW], samples):
        start = time.perf_counter()
        intact.calibrate(model, part, observe=observer, workers=workers)
        seconds.append(time.perf_counter() - start)
    return 1e3 * (seconds[1] - seconds[0]) / (len(samples) - FEW)


def peer(python: str, path: pathlib.Path, samples: int) -> float:
    """Returns AI Edge Quantizer's milliseconds a sample."""
    command = [python, str(PEERS), "aeq", str(path), "--samples", str(samples)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["calibrate_ms_per_sample"])


def measured(path: pathlib.Path, args: argparse.Namespace) -> Iterator[tuple[str, float]]:
    """Yields milliseconds a sample of each side, once."""
    model = intact.load(path)
    shape = model.main.inputs[0].type.shape or ()
    samples = np.random.default_rng(0).random((args.samples, *shape), dtype=np.float32)
    yield "LiteRT float, one thread", inference(model, samples[0], args.samples, 1)
    yield f"LiteRT float, {args.workers} at a time", inference(model, samples[0], args.samples, args.workers)
    if args.aeq_python:
        yield PEER, peer(args.aeq_python, path, max(args.samples // 3, FEW))
    for observer in args.observers.split(","):
        for workers in sorted({1, args.workers}):
            yield f"{observer}, workers {workers}", calibration(model, samples, observer, workers)


def show(model: str, medians: dict[str, float], workers: int) -> None:
    """Prints a line a side."""
    one, several = list(medians.values())[:2]
    for name, ms in medians.items():
        base = several if name.endswith(f"workers {workers}") and workers > 1 else one
        faster = f", {PEER} / this {medians[PEER] / ms:5.2f}" if PEER in medians else ""
        print(f"{model:22} {name:32} {ms:8.2f} ms, to float inference {ms / base:5.2f}{faster}", flush=True)


def main() -> None:
    """Measures each model in several rounds and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--aeq-python")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--samples", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--observers", default="min-max,percentile,moving-average,record-percentile,entropy,mse")
    args = parser.parse_args()
    for path in args.models:
        found: dict[str, list[float]] = {}
        for _ in range(args.rounds):
            for name, ms in measured(path, args):
                found.setdefault(name, []).append(ms)
        show(path.stem, {name: statistics.median(times) for name, times in found.items()}, args.workers)


if __name__ == "__main__":
    main()
