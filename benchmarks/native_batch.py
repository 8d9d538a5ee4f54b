"""Samples in a batch: how much faster several threads are than one.

    python benchmarks/native_batch.py [--samples 256] [--threads 2] [--profile litert-reference] [--runs 5] [NAME ...]

A row a model: milliseconds a sample of Exact.run one after the other, of Exact.run_batch on one thread and on several;
how many times faster these are, and how many times faster one sample is whose steps the threads share: medians over
runs in turn. "burn" is what the machine gives: a loop of arithmetic on several threads against one, which share
nothing. That the numbers are the same bit by bit is checked on the way. Asked of 2 threads: 1.7.
"""

from __future__ import annotations

import argparse
import ctypes
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from native_limit import compiled
from native_models import models

from intact.diagnose.draw import random_samples
from intact.engines.exact import Exact


def seconds(call: Callable[[], object]) -> float:
    """Returns how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def burner(threads: int) -> Callable[[int], object]:
    """Returns what does so many equal shares of arithmetic in registers on so many threads."""
    library = compiled()
    pool = ThreadPoolExecutor(threads)

    def one(_: int) -> None:
        library.products(1_000_000, (ctypes.c_int32 * 3)(3, 5, 0))

    return lambda shares: list(pool.map(one, range(shares)))


def same(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> bool:
    """Returns whether all outputs are equal bit by bit."""
    return all(f[k].tobytes() == w[k].tobytes() for f, w in zip(found, wanted, strict=True) for k in w)


def main() -> None:
    """Measures every model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--samples", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--profile", default="litert-reference")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    count, threads = arguments.samples, arguments.threads
    print(
        f"| model | run, ms | batch, 1 thread, ms | batch, {threads} threads, ms | faster | one sample | burn | bits |"
    )
    print("|---|---|---|---|---|---|---|---|")
    burn = {n: burner(n) for n in (1, threads)}
    for name, model in models(arguments.names).items():
        one, several = (Exact(model, arguments.profile, threads=n) for n in (1, threads))
        samples = random_samples(model, count)
        wanted = one.run_batch(samples)
        equal = same(several.run_batch(samples), wanted)
        several.run(samples[0])
        calls = {
            "run": lambda e=one, s=samples: [e.run(x) for x in s],
            "batch": lambda e=one, s=samples: e.run_batch(s),
            "threads": lambda e=several, s=samples: e.run_batch(s),
            "each": lambda e=several, s=samples: [e.run(x) for x in s],
            "burn 1": lambda: burn[1](4 * threads),
            "burn": lambda: burn[threads](4 * threads),
        }
        taken = {key: np.array([], float) for key in calls}
        for _ in range(arguments.runs):
            for key, call in calls.items():
                taken[key] = np.append(taken[key], seconds(call))
        ms = [statistics.median(taken[key]) * 1e3 / count for key in ("run", "batch", "threads")]
        times = [
            statistics.median(taken[a] / taken[b])
            for a, b in (("batch", "threads"), ("run", "each"), ("burn 1", "burn"))
        ]
        print(
            "|",
            " | ".join([name, *(f"{m:.3f}" for m in ms), *(f"{t:.2f}" for t in times), "same" if equal else "DIFFER"]),
            "|",
            flush=True,
        )


if __name__ == "__main__":
    main()
