"""Rewrites every file of ../shared/models and holds it against the original under LiteRT's three kernel sets.

    python benchmarks/roundtrip.py [-j JOBS] [SUBSTRING ...]

A rewritten file must give the same bits on the same random inputs, or fail as the original does. Some files end the
process they are run in, so each is run in one of its own. Prints a line for each file that is not as it was, and the
counts.
"""

from __future__ import annotations

import argparse
import collections
import csv
import hashlib
import pathlib
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

MODELS = pathlib.Path(__file__).parents[2] / "shared/models"
RESOLVERS = {"default": "BUILTIN", "optimized": "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "reference": "BUILTIN_REF"}
COLUMNS = {
    "default": "xnnpack(default)",
    "optimized": "builtin_without_default_delegates",
    "reference": "builtin_ref",
}


def child(path: str, *resolvers: str) -> None:
    """Prints a line a kernel set: a digest of all outputs, or what LiteRT says."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    for resolver in resolvers:
        try:
            interpreter = Interpreter(path, experimental_op_resolver_type=getattr(OpResolverType, RESOLVERS[resolver]))
            interpreter.allocate_tensors()
            rng = np.random.default_rng(0)
            for detail in interpreter.get_input_details():
                interpreter.set_tensor(detail["index"], draw(rng, detail["shape"], np.dtype(detail["dtype"])))
            interpreter.invoke()
            digest = hashlib.sha256()
            for detail in interpreter.get_output_details():
                output = interpreter.get_tensor(detail["index"])
                digest.update(repr((output.dtype, output.shape)).encode())
                digest.update(repr(output.tolist()).encode() if output.dtype == object else output.tobytes())
            print("ok", digest.hexdigest(), flush=True)
        except (RuntimeError, ValueError) as fault:
            print("refused", " ".join(str(fault).split())[:200], flush=True)


def draw(rng: np.random.Generator, shape: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Floats in [-1, 1), small numbers that most models can take as an index and divide by, or text."""
    if dtype.kind in "OS":
        return np.full(shape, b"some text")
    if dtype.kind in "fc":
        return rng.uniform(-1, 1, shape).astype(dtype)
    return rng.integers(0, 2, shape).astype(dtype) if dtype.kind == "b" else rng.integers(1, 4, shape).astype(dtype)


def outcomes(path: pathlib.Path) -> dict[str, str]:
    """What each kernel set makes of a file."""
    found: dict[str, str] = {}
    while left := [r for r in RESOLVERS if r not in found]:
        command = [sys.executable, __file__, "--child", str(path), *left]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "refused "))]
        found |= dict(zip(left, lines, strict=False))
        if len(lines) < len(left):
            died = signal.Signals(-done.returncode).name if done.returncode < 0 else f"status {done.returncode}"
            found[left[len(lines)]] = f"died {died}"
    return found


def one(path: pathlib.Path, folder: pathlib.Path) -> tuple[dict[str, str], dict[str, str]]:
    """The outcomes of a file and of the same file rewritten."""
    from intact.formats.format import load, save

    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    rewritten = folder / f"{name}.tflite"
    save(load(path), rewritten)
    try:
        return outcomes(path), outcomes(rewritten)
    finally:
        rewritten.unlink()


def main() -> None:
    """Runs all files and prints the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-j", type=int, default=2, help="processes at a time")
    parser.add_argument("names", nargs="*", help="only files whose path has one of these in it")
    arguments = parser.parse_args()
    with (MODELS / "INDEX.tsv").open() as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    rows = [r for r in rows if not arguments.names or any(n in r["path"] for n in arguments.names)]
    counts: dict[str, collections.Counter[str]] = {resolver: collections.Counter() for resolver in RESOLVERS}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.j) as pool:
        results = pool.map(lambda row: one(MODELS / row["path"], pathlib.Path(folder)), rows)
        for row, (original, rewritten) in zip(rows, results, strict=True):
            for resolver in RESOLVERS:
                before, after = original[resolver], rewritten[resolver]
                kind = before.split()[0]
                same = before == after or (kind == "refused" == after.split()[0])
                counts[resolver][f"{kind}, the same" if same else "different"] += 1
                counts[resolver]["listed as ok in INDEX.tsv"] += row[COLUMNS[resolver]] == "ok"
                if not same:
                    print(f"{row['path']} {resolver}\n    original:  {before}\n    rewritten: {after}", flush=True)
    print(f"{len(rows)} files")
    for resolver, counter in counts.items():
        print(f"{resolver:10}", ", ".join(f"{text}: {n}" for text, n in sorted(counter.items())))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
