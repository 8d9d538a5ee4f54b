"""How far the C kernels are from what the processor can do, operator by operator.

    python benchmarks/native_limit.py [--profile litert-reference] [--runs 30] [NAME ...]

Needs a C compiler (cc, or CC). A probe, peak.c, measures what one core can do at most: multiply-accumulates of bytes a
second, operands and sums in registers, and bytes a second read from memory. A row a kind of operator: the time that all
of its kind take in a run on one thread (the least of the runs, as the limit is that of an undisturbed core), the
multiply-accumulates a second that they achieve, the share of the peak, and the bytes a second of operands, weights and
results, each counted once, with their share of what memory gives; small tensors come from caches and may exceed it.
"""

from __future__ import annotations

import argparse
import collections
import ctypes
import os
import pathlib
import subprocess
import tempfile
import time
from collections.abc import Sequence

import numpy as np
from native_models import models

from intact.diagnose.draw import random_samples
from intact.diagnose.products import products
from intact.engines.exact import Exact
from intact.ir.graph import Node
from intact.ir.model import Model

SOURCE = pathlib.Path(__file__).parent / "peak.c"


def compiled() -> ctypes.CDLL:
    """Returns peak.c, compiled for this machine."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "peak.so")
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-O3", "-march=native", "-shared", "-fPIC", str(SOURCE), "-o", str(path)], check=True)
        library = ctypes.CDLL(str(path))
    library.products.restype = ctypes.c_int64
    library.products.argtypes = [ctypes.c_int64, ctypes.c_void_p]
    library.reads.restype = ctypes.c_uint64
    library.reads.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    library.instruction.restype = ctypes.c_char_p
    return library


def peaks() -> tuple[str, float, float]:
    """Returns by which instruction, multiply-accumulates a second, and bytes a second read from memory; one core's."""
    library = compiled()
    numbers = (ctypes.c_int32 * 3)(3, 5, 0)
    # In short bursts, of which the fastest had the core for itself; reading on through more than the caches hold.
    rounds, each = 40_000, library.products(1, numbers)
    rate = max(rounds * each / seconds(lambda: library.products(rounds, numbers)) for _ in range(2000))
    memory, piece = np.ones(1 << 27, np.uint64), 1 << 21
    starts = range(memory.ctypes.data, memory.ctypes.data + memory.nbytes, piece * 8)
    read = max(
        piece * 8 / seconds(lambda start=start: library.reads(start, piece)) for _ in range(2) for start in starts
    )
    return library.instruction().decode(), rate, read


def seconds(call: object) -> float:
    """Returns how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def touched(node: Node) -> int:
    """Returns the bytes of operands, weights and results."""
    values = [v for v in (*node.inputs, *node.outputs) if v is not None and v.dtype.numpy is not None]
    return sum(int(np.prod(v.shape)) * v.dtype.numpy.itemsize for v in values)


def measured(model: Model, profile: str, runs: int) -> dict[tuple[str, str], list[float]]:
    """Returns seconds, multiply-accumulates, bytes and count by kind of operator and by what ran it."""
    engine, (sample,) = Exact(model, profile), random_samples(model, 1)
    least: dict[Node | None, float] = {}
    where: dict[Node | None, str] = {}
    engine.run(sample)
    for _ in range(runs):
        seen: collections.Counter[Node | None] = collections.Counter()

        def spent(nodes: Sequence[Node], by: str, taken: float, seen: collections.Counter = seen) -> None:
            for node in nodes or (None,):
                seen[node] += taken / max(1, len(nodes))
                where[node] = by

        engine.timed(sample, spent)
        least = {node: min(taken, least.get(node, taken)) for node, taken in seen.items()}
    found: dict[tuple[str, str], list[float]] = collections.defaultdict(lambda: [0.0, 0, 0, 0])
    for node, taken in least.items():
        work = (0, 0, 0) if node is None else (products(node), touched(node), 1)
        row = found["borders" if node is None else f"{node.op.name} {node.outputs[0].dtype.value}", where[node]]
        row[:] = [a + b for a, b in zip(row, (taken, *work), strict=True)]
    return found


def main() -> None:
    """Measures the peaks and every model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--profile", default="litert-reference")
    parser.add_argument("--runs", type=int, default=30)
    arguments = parser.parse_args()
    instruction, peak, memory = peaks()
    print(f"peak of one core: {peak / 1e9:.0f} G multiply-accumulates a second ({instruction})")
    print(f"read from memory: {memory / 1e9:.1f} GB/s")
    for name, model in models(arguments.names).items():
        found = measured(model, arguments.profile, arguments.runs)
        whole, work = (sum(row[i] for row in found.values()) for i in (0, 1))
        print(
            f"\n{name}, profile {arguments.profile}: {work / 1e6:.1f} M multiply-accumulates, at the peak"
            f" {work / peak * 1e3:.3f} ms; all takes {whole * 1e3:.3f} ms, {work / peak / whole:.0%} of the peak\n"
        )
        print("| operators | on | count | ms | share of the time | G MAC/s | of the peak | GB/s | of memory |")
        print("|---|---|---|---|---|---|---|---|---|")
        for (kind, by), (taken, macs, size, count) in sorted(found.items(), key=lambda item: -item[1][0]):
            rate = [f"{macs / taken / 1e9:.1f}", f"{macs / taken / peak:.0%}"] if macs and taken else ["", ""]
            flow = [f"{size / taken / 1e9:.1f}", f"{size / taken / memory:.0%}"] if size and taken else ["", ""]
            cells = [kind, by, str(count or ""), f"{taken * 1e3:.3f}", f"{taken / whole:.0%}", *rate, *flow]
            print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
