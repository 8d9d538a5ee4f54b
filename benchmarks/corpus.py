"""Quantizes every float model of ../shared/models to int8 and runs the results under LiteRT's three kernel sets.

    python benchmarks/corpus.py [-j JOBS] [SUBSTRING ...]

A line a model: what it computes in, how many operators are left in float, and the SQNR of its worst output under each
kernel set, or what went wrong. Samples are random, so the SQNR only tells a working model from a broken one. Each model
runs in a process of its own.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import math
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

MODELS = pathlib.Path(__file__).parents[2] / "shared/models"
RESOLVERS = ("default", "optimized", "reference")


def samples(ports: list, count: int, low: float) -> list[dict[str, np.ndarray]]:
    """Random samples: floats in [low, 1), integers in [0, 4), or 0 where low is not negative."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(count):
        sample = {}
        for port in ports:
            shape, dtype = port.type.shape or (), port.type.dtype
            if dtype.is_float:
                sample[port.name] = rng.uniform(low, 1, shape).astype(dtype.numpy)
            elif dtype.numpy is None:
                raise TypeError(f"input of type {dtype.value}")
            else:
                high = 2 if dtype.value == "bool" else 4 if low < 0 else 1
                sample[port.name] = rng.integers(0, high, shape).astype(dtype.numpy)
        made.append(sample)
    return made


def one(path: str) -> None:
    """Prints JSON lines: the quantization, then a line a kernel set. Every signature is calibrated and compared."""
    import intact
    from intact.quantizer.calibrate import graph_of, model_inputs

    model = intact.load(path)
    keys: list[str | None] = [None, *(s.key for s in model.signatures if s.graph is not model.main)]
    data = {}
    ranges = None
    for key in keys:
        ports = model_inputs(model, graph_of(model, key))
        # Roots and logarithms take no negative numbers, slices no large ones; then the second attempt counts.
        for low in (-1.0, 0.05):
            data[key] = samples(ports, 4, low)
            try:
                found = intact.calibrate(model, data[key], signature=key)
                break
            except intact.IntactError:
                if low > 0:
                    raise
        ranges = found if ranges is None else ranges.merge(found)
    assert ranges is not None
    result = intact.quantize(model, ranges)
    report = result.report
    print(
        json.dumps({"compute": report.kind.compute, "left": report.reasons, "integer": report.kind.integer}), flush=True
    )
    for resolver in RESOLVERS:
        try:
            worst = math.inf
            for key in keys:
                compared = intact.compare(model, result.model, data[key][:2], resolver=resolver, signature=key)
                worst = min([worst, *(o.measures.sqnr for o in compared.outputs)])
            print(json.dumps({resolver: round(worst, 1) if math.isfinite(worst) else str(worst)}), flush=True)
        except intact.IntactError as fault:
            print(json.dumps({resolver: str(fault)}), flush=True)


def run(path: pathlib.Path) -> dict:
    """One model in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(path)], capture_output=True, text=True, timeout=600, check=False
    )
    found: dict = {"path": str(path.relative_to(MODELS))}
    for line in done.stdout.splitlines():
        found.update(json.loads(line))
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        found["failed"] = lines[-1] if done.returncode == 1 and lines else f"died with {done.returncode}"
    return found


def main() -> None:
    """Runs the models whose path holds any of the substrings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one")
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("substrings", nargs="*")
    args = parser.parse_args()
    if args.one:
        one(args.one)
        return
    with (MODELS / "INDEX.tsv").open() as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["quantization"] in ("float32", "float16w")]
    paths = [MODELS / r["path"] for r in rows if not args.substrings or any(s in r["path"] for s in args.substrings)]
    totals: collections.Counter[str] = collections.Counter()
    with ThreadPoolExecutor(args.j) as pool:
        for found in pool.map(run, paths):
            if "failed" in found:
                totals["failed"] += 1
                print(f"{found['path']}: FAILED {found['failed']}", flush=True)
                continue
            scores = [found.get(r, "missing") for r in RESOLVERS]
            good = all(isinstance(s, float) or s in ("inf", "-inf") for s in scores)
            totals["runs under all three" if good else "does not run everywhere"] += 1
            totals[found["compute"]] += 1
            left = "; ".join(f"{k} x{v}" for k, v in found["left"].items())
            print(f"{found['path']}: {found['compute']} {scores} {left}", flush=True)
    print(dict(totals))


if __name__ == "__main__":
    main()
