"""The exact engine against LiteRT on every model of ../shared/models, operator by operator and whole.

    python benchmarks/certify_corpus.py [--profile litert-reference] [--samples 16] [-j 2] [--record FILE] [NAME ...]

Models that compute in float alone are left out: LiteRT runs them on both sides. Prints a line for each model with
differing values or uncovered operators, then a table by operator and type. Each model runs in a process of its own, as
some end the process that runs them.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys

MODELS = pathlib.Path(__file__).parents[2] / "shared" / "models"


def one(path: str, profile: str, samples: int) -> dict[str, object]:
    """Certifies one model; what it found as data."""
    import intact
    from intact.diagnose.certify import certify
    from intact.ir.kind import kind

    model = intact.load(path)
    if kind(model).quantization in {"none", "float16 weights"}:
        return {"float": True}
    found = certify(model, profile, count=samples)
    return {
        "operators": [
            {
                "op": t.operator,
                "type": types(model.graphs[t.graph].nodes[t.index]),
                "values": t.values,
                "differing": t.differing,
                "largest": t.largest,
                "index": t.index,
            }
            for t in found.tallies
        ],
        "gaps": [{"op": g.node.op.name, "type": types(g.node), "why": g.why, "index": g.index} for g in found.gaps],
        "outputs": [{"index": t.index, "graph": t.graph, "differing": t.differing} for t in found.outputs],
        "refused": dict(found.refused),
        "failures": dict(found.failed),
        "on_litert": found.on_litert,
        "runtime": found.runtime,
    }


def types(node: object) -> str:
    """Types of the data operands and of the first result, such as int8,int8->int8."""
    read = [v.dtype.value + ("/ch" if v.quant and v.quant.is_per_channel else "") for v in node.inputs[:3] if v]
    return f"{','.join(read)}->{node.outputs[0].dtype.value if node.outputs else ''}"


def child(path: pathlib.Path, arguments: argparse.Namespace) -> tuple[str, dict[str, object]]:
    """Runs `one` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(path), "--profile", arguments.profile]
    name = str(path.relative_to(MODELS))
    try:
        done = subprocess.run(
            [*command, "--samples", str(arguments.samples)], capture_output=True, text=True, timeout=1800, check=False
        )
    except subprocess.TimeoutExpired:
        return name, {"failed": "took more than 30 minutes"}
    if done.returncode:
        last = done.stderr.strip().splitlines()
        text = (last[-1] if last else "").replace(f"{path}: ", "")
        return name, {"failed": f"status {done.returncode}: {text}"}
    return name, json.loads(done.stdout)


def main() -> None:
    """Runs all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--one")
    parser.add_argument("--profile", default="litert-reference")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("--record", type=pathlib.Path, help="a JSON file that the findings under this profile go into")
    parser.add_argument("names", nargs="*", help="only files whose path has one of these in it")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.one, arguments.profile, arguments.samples)))
        return
    paths = sorted(
        p for p in MODELS.rglob("*.tflite") if not arguments.names or any(n in str(p) for n in arguments.names)
    )
    by_kind: dict[tuple[str, str], list[float]] = collections.defaultdict(lambda: [0, 0, 0, 0.0])
    gaps: collections.Counter[tuple[str, str, str]] = collections.Counter()
    clean = 0
    results = {}
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        for name, found in pool.map(lambda p: child(p, arguments), paths):
            if "float" in found:
                continue
            results[name] = found
            if "failed" in found:
                print(f"{name}: {found['failed']}", flush=True)
                continue
            bad = [o for o in found["operators"] if o["differing"]]
            for o in found["operators"]:
                row = by_kind[o["op"], o["type"]]
                row[0] += 1
                row[1] += o["values"]
                row[2] += o["differing"]
                row[3] = max(row[3], o["largest"])
            gaps.update((g["op"], g["type"], g["why"]) for g in found["gaps"])
            whole = [o for o in found["outputs"] if o["differing"]]
            clean += not (bad or whole or found["gaps"] or found["failures"])
            if bad or whole or found["gaps"] or found["failures"]:
                first = f", first {bad[0]['op']} at {bad[0]['index']}" if bad else ""
                total = sum(o["differing"] for o in bad)
                print(
                    f"{name}: {total} differ in {len(bad)} operators{first}; {len(found['gaps'])} gaps; "
                    f"{sum(o['differing'] for o in whole)} differ in outputs of whole runs",
                    *found["failures"],
                    sep="; ",
                    flush=True,
                )
    print(f"\n{clean} of {len(results)} models equal throughout under {arguments.profile}\n")
    for (op, kind), (nodes, values, differing, largest) in sorted(by_kind.items()):
        mark = "  <--" if differing else ""
        print(f"{op:28} {kind:44} {nodes:6} nodes {values:14} values {differing:9} differ, largest {largest:g}{mark}")
    for (op, kind, why), count in sorted(gaps.items()):
        print(f"gap  {op:28} {kind:44} {count:6} nodes: {why}")
    if arguments.record:
        record(arguments, results, clean, by_kind, gaps)


def record(
    arguments: argparse.Namespace,
    results: dict[str, dict[str, object]],
    clean: int,
    by_kind: dict[tuple[str, str], list[float]],
    gaps: collections.Counter[tuple[str, str, str]],
) -> None:
    """Puts the findings under one profile beside those under others; docs/generate.py makes a page of them."""
    path = arguments.record
    known = json.loads(path.read_text()) if path.exists() else {}
    ran = [r for r in results.values() if "failed" not in r]
    known[arguments.profile] = {
        "runtime": ran[0]["runtime"] if ran else {},
        "samples": arguments.samples,
        "models": len(results),
        "equal": clean,
        "operators": [
            {"op": op, "type": kind, "nodes": row[0], "values": row[1], "differing": row[2], "largest": row[3]}
            for (op, kind), row in sorted(by_kind.items())
        ],
        "gaps": [{"op": op, "type": t, "why": why, "nodes": n} for (op, t, why), n in sorted(gaps.items())],
        "failed": {name: r["failed"] for name, r in sorted(results.items()) if "failed" in r},
    }
    order = ("litert-reference", "litert-optimized", "litert-xnnpack")
    path.write_text(json.dumps({p: known[p] for p in order if p in known}, indent=1) + "\n")


if __name__ == "__main__":
    main()
