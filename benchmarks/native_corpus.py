"""The C kernels against NumPy on every quantized model of ../shared/models, in every tensor and in whole runs.

    python benchmarks/native_corpus.py [--profile NAME ...] [--level NAME ...] [-j 2] [NAME ...]

Each model runs in a process of its own: under each profile once in NumPy, then with the kernels of each instruction
set that has versions of its own of them, operator by operator and whole, on one thread and on two, two samples each.
Prints a line for each model with a value that differs, then by profile how many values were compared, and which
operators and types have kernels and which are left to NumPy.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys
from typing import Any

import numpy as np

MODELS = pathlib.Path(__file__).parents[2] / "shared" / "models"
PROFILES = ("litert-reference", "litert-optimized", "litert-xnnpack", "tflm-reference", "cmsis-nn", "gemmlowp")


def differing(a: np.ndarray, b: np.ndarray) -> int:
    """Returns how many elements differ in a bit; all where type or shape do."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return max(a.size, b.size, 1)
    if a.tobytes() == b.tobytes():
        return 0
    return int(np.count_nonzero(a.reshape(-1).view(f"V{a.itemsize}") != b.reshape(-1).view(f"V{b.itemsize}")))


def one(path: str, profiles: list[str], levels: list[str]) -> dict[str, Any]:
    """Compares one model; what it found as data."""
    import intact
    from intact.ir.kind import kind
    from intact.native.library import Library, load

    model = intact.load(path)
    if kind(model).quantization in {"none", "float16 weights"}:
        return {"float": True}
    top = load()
    assert isinstance(top, Library), top
    graphs = list(dict.fromkeys([model.main, *(s.graph for s in model.signatures)]))
    found: dict[str, Any] = {}
    for profile in profiles:
        tally = {"values": 0, "differing": 0, "outputs": 0, "outputs differing": 0, "runs": 0, "refused": 0}
        tally |= {"first": [], "kernels": collections.Counter(), "numpy": collections.Counter()}
        for graph in graphs:
            compare(model, graph, profile, levels or list(top.levels), tally)
        tally["kernels"], tally["numpy"] = list(tally["kernels"].items()), list(tally["numpy"].items())
        found[profile] = tally
    return found


def compare(model: Any, graph: Any, profile: str, levels: list[str], tally: dict[str, Any]) -> None:
    """Adds what one graph of a model gives to a tally."""
    from intact.diagnose.draw import Draws
    from intact.engines.exact import Exact
    from intact.engines.plan import Prepared
    from intact.errors import IntactError
    from intact.native.library import load

    plain = Exact(model, profile, graph=graph, strict=False, native=False)
    draws = Draws(model, graph, 0)
    samples, wanted, whole = [], [], []
    for _ in range(2):
        for sample in draws.tries():
            seen: list[tuple[Any, list[np.ndarray]]] = []
            try:
                plain.reset()
                plain.run(sample, visit=lambda n, _, r, to=seen: to.append((n, [a.copy() for a in r])))
            except IntactError:
                continue
            samples.append(sample)
            wanted.append(seen)
            break
        else:
            tally["refused"] += 1
    plain.reset()
    whole = [({k: a.copy() for k, a in plain.run(s).items()}, left(plain)) for s in samples]
    tried: set[tuple[int, ...]] = set()
    first = None
    for level in reversed(levels):
        engine = Exact(model, profile, graph=graph, strict=False, native=load(level))
        if first and versions(first, load(level)) in tried:
            continue
        for sample, expected in zip(samples, wanted, strict=True):
            made: list[tuple[Any, list[np.ndarray]]] = []
            engine.reset()
            engine.run(sample, visit=lambda n, _, r, to=made: to.append((n, [a.copy() for a in r])))
            for (node, ours), (other, theirs) in zip(made, expected, strict=True):
                assert node is other
                for a, b in zip(ours, theirs, strict=True):
                    count = differing(a, b)
                    tally["values"] += b.size
                    tally["differing"] += count
                    if count:
                        tally["first"].append(f"{node.op.name} {types(node)} at {level}: {count} of {b.size}")
        if first is None:
            first = engine
            covered = {n for c in engine.compiled() for n in c.nodes}
            for step in (s for steps in engine.steps.values() for s in steps):
                if isinstance(step, Prepared):
                    key = "kernels" if step.node in covered else "numpy"
                    tally[key][f"{step.node.op.name} {types(step.node)}"] += 1
        tried.add(versions(first, load(level)))
        for threads in (1, 2):
            engine = Exact(model, profile, graph=graph, strict=False, native=load(level), threads=threads)
            for sample, (outputs, state) in zip(samples, whole, strict=True):
                tally["runs"] += 1
                for found, expected in ((engine.run(sample), outputs), (left(engine), state)):
                    for name, a in expected.items():
                        count = differing(found[name], a)
                        tally["outputs"] += a.size
                        tally["outputs differing"] += count
                        if count:
                            tally["first"].append(f"'{name}' of a whole run at {level}: {count} of {a.size}")


def versions(engine: Any, library: Any) -> tuple[int, ...]:
    """Returns which versions a library has of the kernels that an engine uses."""
    steps = [s for c in engine.compiled() for s in c.program.steps]
    return tuple(library.kernel(name) for name in sorted({s.call.kernel for s in steps if s.call.kernel}))


def left(engine: Any) -> dict[str, np.ndarray]:
    """Returns the variables of an engine."""
    return {v.name: a.copy() for v, a in engine.variables()}


def types(node: Any) -> str:
    """Returns the types of the data operands and of the first result, such as int8,int8->int8."""
    read = [v.dtype.value + ("/ch" if v.quant and v.quant.is_per_channel else "") for v in node.inputs[:3] if v]
    return f"{','.join(read)}->{node.outputs[0].dtype.value if node.outputs else ''}"


def child(path: pathlib.Path, arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    """Runs `one` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(path)]
    for option, values in (("--profile", arguments.profile), ("--level", arguments.level)):
        command += [option, *values] if values else []
    name = str(path.relative_to(MODELS))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    except subprocess.TimeoutExpired:
        return name, {"failed": "took more than an hour"}
    if done.returncode:
        last = done.stderr.strip().splitlines()
        return name, {"failed": f"status {done.returncode}: {last[-1] if last else ''}"}
    return name, json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Runs all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--one")
    parser.add_argument("--profile", nargs="*", default=list(PROFILES))
    parser.add_argument("--level", nargs="*", default=[])
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("names", nargs="*", help="only files whose path has one of these in it")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.one, arguments.profile, arguments.level)))
        return
    paths = sorted(
        p for p in MODELS.rglob("*.tflite") if not arguments.names or any(n in str(p) for n in arguments.names)
    )
    total: dict[str, collections.Counter[str]] = {p: collections.Counter() for p in arguments.profile}
    nodes: dict[str, dict[str, list[int]]] = {p: collections.defaultdict(lambda: [0, 0]) for p in arguments.profile}
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        for name, found in pool.map(lambda p: child(p, arguments), paths):
            if "float" in found:
                continue
            if "failed" in found:
                print(f"{name}: {found['failed']}", flush=True)
                continue
            for profile, tally in found.items():
                if tally["first"]:
                    print(
                        f"{name} under {profile}: {tally['differing']} values differ; {tally['first'][0]}", flush=True
                    )
                total[profile]["models"] += 1
                total[profile]["equal"] += not tally["first"]
                total[profile].update({k: v for k, v in tally.items() if isinstance(v, int)})
                for column, key in enumerate(("kernels", "numpy")):
                    for operator, count in tally[key]:
                        nodes[profile][operator][column] += count
    for profile in arguments.profile:
        t = total[profile]
        print(
            f"\n{profile}: {t['equal']} of {t['models']} models equal throughout; {t['differing']} of {t['values']}"
            f" values of operators differ, {t['outputs differing']} of {t['outputs']} in {t['runs']} whole runs;"
            f" {t['refused']} samples did not run"
        )
        for operator, (kernels, numpy) in sorted(nodes[profile].items()):
            print(f"  {operator:74} {kernels:6} with kernels {numpy:6} in NumPy{'  <--' if numpy else ''}")


if __name__ == "__main__":
    main()
