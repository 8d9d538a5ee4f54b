"""The peak memory of loading and running a model, in the exact engine and in LiteRT, each in a process of its own.

    python benchmarks/native_memory.py [--profile litert-reference] [--threads 1] [NAME ...]

A row a model: mebibytes that a process grows by at its peak (VmHWM of Linux) from when all is imported until the model
is loaded and has run three times on zeros; the median of three processes. Last the arena that our kernels compute in.
"""

from __future__ import annotations

import argparse
import gc
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

RUNS = 3


def now(name: str) -> int:
    """Returns VmRSS (at present) or VmHWM (peak) of this process in bytes."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {name}")


def start() -> int:
    """Forgets the peak there was and returns what is in use."""
    gc.collect()
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    return now("VmRSS")


def litert(path: str, resolver: str, threads: int) -> dict[str, int]:
    """Runs LiteRT; returns bytes."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kind = {
        "default": OpResolverType.BUILTIN,
        "optimized": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        "reference": OpResolverType.BUILTIN_REF,
    }[resolver]
    before = start()
    interpreter = Interpreter(path, experimental_op_resolver_type=kind, num_threads=threads)
    interpreter.allocate_tensors()
    for _ in range(RUNS):
        for given in interpreter.get_input_details():
            interpreter.set_tensor(given["index"], np.zeros(given["shape"], given["dtype"]))
        interpreter.invoke()
        for wanted in interpreter.get_output_details():
            interpreter.get_tensor(wanted["index"])
    return {"peak": now("VmHWM") - before}


def exact(path: str, profile: str, threads: int) -> dict[str, int]:
    """Runs the exact engine; returns bytes."""
    import intact
    from intact.arith.profile import load as load_profile
    from intact.engines.exact import Exact
    from intact.engines.kernels import kernels
    from intact.formats.tflite.schema import schema

    kernels()
    schema()  # 4 MB of Python, imported when the first file is read
    found = load_profile(profile)
    before = start()
    model = intact.load(path)
    engine = Exact(model, found, threads=threads)
    for _ in range(RUNS):
        engine.run({p.name: np.zeros(p.type.shape or (), p.type.dtype.numpy) for p in engine.inputs})
    return {"peak": now("VmHWM") - before, "arena": sum(c.program.arena for c in engine.compiled())}


def child(side: str, path: str, which: str, threads: int) -> dict[str, float]:
    """Returns what one side takes, in processes of their own."""
    command = [sys.executable, __file__, "--child", side, path, which, str(threads)]
    found = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(3)]
    return {key: statistics.median(f[key] for f in found) for key in found[0]}


def main() -> None:
    """Measures every model."""
    if sys.argv[1:2] == ["--child"]:
        side, path, which, threads = sys.argv[2:]
        print(json.dumps({"litert": litert, "exact": exact}[side](path, which, int(threads))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--profile", default="litert-reference")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    from native_models import models

    import intact

    sets = ("default", "optimized", "reference")
    print("| model | ours, MiB | XNNPACK, MiB | optimized, MiB | reference, MiB | to XNNPACK | arena, KiB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models(arguments.names).items():
            path = str(pathlib.Path(folder, "model.tflite"))
            intact.save(model, path)
            ours = child("exact", path, arguments.profile, arguments.threads)
            theirs = [child("litert", path, resolver, arguments.threads)["peak"] for resolver in sets]
            numbers = [f"{peak / 2**20:.2f}" for peak in (ours["peak"], *theirs)]
            ratio = f"{ours['peak'] / theirs[0]:.2f}"
            print("|", " | ".join([name, *numbers, ratio, str(int(ours["arena"]) // 1024)]), "|", flush=True)


if __name__ == "__main__":
    main()
