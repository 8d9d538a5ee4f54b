"""Peak memory of a calibration, by number of samples and observer, each in a process of its own.

    python benchmarks/calibration_memory.py [--counts 8,64,512,4096] [--workers 1] [MODEL]

Samples are random numbers in a folder of .npy files that are linked to 16 of them, so that the disk holds few.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import intact
from intact.observe import observer_names

DIGITS = pathlib.Path(__file__).parents[1] / "examples/digits/digits_float.tflite"
CODE = """
import resource, sys, intact
intact.calibrate(intact.load(sys.argv[1]), sys.argv[2], observe=sys.argv[3], workers=int(sys.argv[4]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def fill(folder: pathlib.Path, shape: tuple[int, ...], count: int) -> None:
    """Makes `count` samples."""
    rng = np.random.default_rng(0)
    for i in range(count):
        path = folder / f"{i}.npy"
        if i < 16:
            np.save(path, rng.normal(0, 1 + i / 8, shape).astype(np.float32))
        else:
            path.hardlink_to(folder / f"{i % 16}.npy")


def main() -> None:
    """Prints a line an observer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=pathlib.Path, default=DIGITS)
    parser.add_argument("--counts", default="8,64,512,4096")
    parser.add_argument("--workers", default="1")
    parser.add_argument("--observers", default=",".join(observer_names()))
    args = parser.parse_args()
    counts = [int(c) for c in args.counts.split(",")]
    shape = intact.load(args.model).main.inputs[0].type.shape or ()
    with tempfile.TemporaryDirectory() as root:
        folders = {count: pathlib.Path(root) / str(count) for count in counts}
        for count, folder in folders.items():
            folder.mkdir()
            fill(folder, shape, count)
        for observer in args.observers.split(","):
            peaks = []
            for folder in folders.values():
                command = [sys.executable, "-c", CODE, str(args.model), str(folder), observer, args.workers]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                peaks.append(int(done.stdout.split()[-1]) / 1024)
            shown = ", ".join(f"{count} samples {peak:.1f} MiB" for count, peak in zip(counts, peaks, strict=True))
            print(f"{observer:18} {shown}; most / least {max(peaks) / min(peaks):.3f}", flush=True)


if __name__ == "__main__":
    main()
