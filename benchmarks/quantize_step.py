"""Seconds of the quantize step alone, ranges known, ours beside AI Edge Quantizer's, in turn.

    python benchmarks/quantize_step.py MODEL --aeq-python PYTHON [--runs 3]

MODEL needs a signature. Both sides calibrate on the same two random samples first; only the step from ranges to a model
that can be written is timed, and for ours the writing to memory too, as the peer's result is bytes.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np


def ours(model_path: str, samples: str) -> float:
    """Returns seconds from ranges to bytes, the median of three."""
    import intact
    from intact.formats.tflite import to_bytes

    model = intact.load(model_path)
    with np.load(samples) as stacks:
        arrays = dict(stacks)
    data = [{n: stack[i] for n, stack in arrays.items()} for i in range(len(next(iter(arrays.values()))))]
    ranges = intact.calibrate(model, data, isolate=False)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        to_bytes(intact.quantize(model, ranges).model)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Alternates both sides and prints medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--aeq-python")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ours", metavar="SAMPLES", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ours:
        print(json.dumps({"quantize_s": ours(args.model, args.ours)}))
        return
    import intact
    from intact.quantizer.calibrate import model_inputs

    model = intact.load(args.model)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        samples = pathlib.Path(folder, "samples.npz")
        np.savez(
            samples,
            **{p.name: rng.random((2, *(p.type.shape or ())), np.float32) for p in model_inputs(model, model.main)},
        )
        peer = str(pathlib.Path(__file__).with_name("aeq_quantize.py"))
        commands = {
            "intact": [sys.executable, __file__, args.model, "--ours", str(samples)],
            "aeq": [args.aeq_python, peer, args.model, str(samples), str(pathlib.Path(folder, "aeq.tflite"))],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(args.runs):
            for name, command in commands.items():
                run = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds[name].append(json.loads(run.stdout.splitlines()[-1])["quantize_s"])
    medians = {name: statistics.median(s) for name, s in seconds.items()}
    print(json.dumps({**medians, "ratio": medians["intact"] / medians["aeq"], "runs": seconds}))


if __name__ == "__main__":
    main()
