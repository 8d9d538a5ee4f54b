"""Quantizes every float model of ../shared/models by every recipe and runs the results under LiteRT's kernel sets.

    python benchmarks/recipes_corpus.py [-j JOBS] [--recipes NAME,NAME] [--certify N] [SUBSTRING ...]

A line a model and recipe: what it computes in, how many operators became what was asked, the SQNR of its worst output
under each kernel set, and what is not as promised. At the end a table, a row a recipe. Samples are random, so the SQNR
only tells a working model from a broken one. Each model runs in a process of its own, and each recipe in a fork of it.
With --certify the exact engine runs the results of every Nth model beside LiteRT, operator by operator.
"""

from __future__ import annotations

import argparse
import collections
import csv
import itertools
import json
import math
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from corpus import MODELS, RESOLVERS, samples

PROFILES = ("litert-reference", "litert-optimized", "litert-xnnpack")
STORED = {"dynamic-range", "weight-only", "weight-only-int4", "weight-only-int4-block32", "float16"}
RECIPES = ("int8", "int8-per-tensor", "uint8", "int16x8", *sorted(STORED))
LOWEST = {"int16x8": 20.0, "float16": 30.0, "weight-only": 15.0, "dynamic-range": 10.0}
"""SQNR in dB that a result is looked into below; 5 for the other recipes, since inputs are random."""


def one(path: str, recipes: list[str], certify: bool) -> None:
    """Prints JSON lines: the outcome of each recipe."""
    import intact
    from intact.quantizer.calibrate import graph_of, model_inputs

    model = intact.load(path)
    keys: list[str | None] = [None, *(s.key for s in model.signatures if s.graph is not model.main)]
    data, ranges = {}, None
    for key in keys:
        ports = model_inputs(model, graph_of(model, key))
        for low in (-1.0, 0.05):  # roots and logarithms take no negative numbers, slices no large ones
            data[key] = samples(ports, 4, low)
            try:
                found = intact.calibrate(model, data[key], signature=key)
                break
            except intact.IntactError:
                if low > 0:
                    raise
        ranges = found if ranges is None else ranges.merge(found)
    for recipe in recipes:
        child = os.fork()
        if child == 0:
            try:
                outcome(model, None if recipe in STORED else ranges, recipe, data, certify)
            except intact.IntactError as fault:
                say(recipe, failed=str(fault))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            say(recipe, failed=f"died with {status}")


def say(recipe: str, **facts: Any) -> None:
    """Prints what is known of a recipe's outcome."""
    print(json.dumps({"recipe": recipe, **facts}), flush=True)


def outcome(model: Any, ranges: Any, recipe: str, data: dict[str | None, Any], certify: bool) -> None:
    """Says what a model becomes, how it runs under each kernel set, and where the exact engine differs."""
    import intact

    try:
        result = intact.quantize(model, ranges, recipe=recipe)
    except intact.QuantError as fault:
        if fault.code != "E405":
            raise
        say(recipe, nothing=fault.problem)
        return
    report = result.report
    became = collections.Counter(item.became for item in report.operators)
    broken = broken_promises(result, recipe)
    say(recipe, compute=report.kind.compute, became=became, left=report.reasons, broken=broken, notes=report.notes)
    for resolver in RESOLVERS:
        worst = math.inf
        try:
            for key, seen in data.items():
                compared = intact.compare(model, result.model, seen[:2], resolver=resolver, signature=key)
                worst = min([worst, *(o.measures.sqnr for o in compared.outputs if o.measures.is_number)])
            say(recipe, **{resolver: round(worst, 1) if math.isfinite(worst) else str(worst)})
        except intact.IntactError as fault:
            say(recipe, **{resolver: str(fault)})
    if certify:
        done = [intact.certify(result.model, profile, count=1) for profile in PROFILES]
        gaps = sorted({str(gap) for c in done for gap in c.gaps})
        say(recipe, differing=[c.differing for c in done], values=done[0].values, gaps=gaps)


def broken_promises(result: Any, recipe: str) -> list[str]:
    """What of the written file is not as the recipe promises, by the types of the operands of each operator."""
    from intact.formats.tflite import to_bytes
    from intact.formats.tflite.reader import read
    from intact.ir.types import DType

    model = read(memoryview(to_bytes(result.model)), "written")
    asked = {"uint8": DType.UINT8, "int16x8": DType.INT16}.get(recipe, DType.INT8)
    weight = {"uint8": DType.UINT8, "weight-only-int4": DType.INT4, "weight-only-int4-block32": DType.INT4}.get(
        recipe, DType.FLOAT16 if recipe == "float16" else DType.INT8
    )
    found = []
    for _, number, node in model.nodes():
        where = f"{node.op.name} {number}"
        moving = [v for v in node.data if not v.is_constant]
        if node.op.name == "DEQUANTIZE" and recipe in STORED:
            source = node.inputs[0]
            if source is None or not source.is_constant or source.dtype != weight:
                found.append(f"{where} dequantizes what is no {weight.value} constant")
        elif recipe in STORED:
            constants = {v.dtype for v in node.inputs if v is not None and v.is_constant and v.quant is not None}
            if recipe != "dynamic-range" and constants & {DType.INT8, DType.INT4, DType.FLOAT16}:
                found.append(f"{where} reads integer weights itself")
            if recipe == "dynamic-range" and constants - {DType.INT8}:
                found.append(f"{where} has weights of {constants}")
            if any(v.dtype.is_integer and v.quant is not None and v.quant.is_quantized for v in moving):
                found.append(f"{where} has integer activations")
        else:
            types = {v.dtype for v in moving if v.quant is not None and v.quant.is_quantized}
            if node.op.name not in ("QUANTIZE", "DEQUANTIZE") and types - {asked, weight}:
                found.append(f"{where} has activations of {types}")
            for value in node.inputs:
                quant = value.quant if value is not None else None
                if value is None or quant is None or not value.is_constant:
                    continue
                if recipe in ("uint8", "int8-per-tensor") and quant.scale.size > 1:
                    found.append(f"{where} has {quant.scale.size} scales")
            if recipe == "int16x8" and any(v.quant is not None and v.quant.zero_point.any() for v in moving):
                found.append(f"{where} has a zero point")
    return found


def run(job: tuple[pathlib.Path, list[str], bool]) -> list[dict[str, Any]]:
    """One model by all recipes, in a process of its own."""
    path, recipes, certify = job
    command = [
        sys.executable,
        __file__,
        "--one",
        str(path),
        "--recipes",
        ",".join(recipes),
        "--certify",
        str(int(certify)),
    ]
    found: dict[str, dict[str, Any]] = {r: {"path": str(path.relative_to(MODELS)), "recipe": r} for r in recipes}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    except subprocess.TimeoutExpired:
        return [{**item, "failed": "took more than 30 minutes"} for item in found.values()]
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            facts = json.loads(line)
            found[facts["recipe"]].update(facts)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        reason = lines[-1] if done.returncode == 1 and lines else f"died with {done.returncode}"
        for item in found.values():
            item.setdefault("float", reason)
    return list(found.values())


def verdict(found: dict[str, Any]) -> str:
    """In one word or two what came of a model and recipe."""
    if "float" in found:
        return "the float model does not run"
    if "failed" in found:
        return "failed"
    if "nothing" in found:
        return "does not apply"
    scores = [found.get(r, "missing") for r in RESOLVERS]
    scores = [s for s in scores if not str(s).startswith(str(MODELS))]  # there the float model itself does not run
    if not scores:
        return "the float model does not run"
    if not all(isinstance(s, float) or s in ("inf", "-inf") for s in scores):
        return "does not run everywhere"
    if found["broken"]:
        return "promise broken"
    if any(found.get("differing", [])):
        return "exact engine differs"
    lowest = LOWEST.get(found["recipe"], 5.0)
    return "low SQNR" if any(float(s) < lowest for s in scores) else "as promised"


def main() -> None:
    """Runs the models whose path holds any of the substrings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one")
    parser.add_argument("-j", type=int, default=1)
    parser.add_argument("--recipes", default=",".join(RECIPES))
    parser.add_argument("--certify", type=int, default=0)
    parser.add_argument("substrings", nargs="*")
    args = parser.parse_args()
    if args.one:
        one(args.one, args.recipes.split(","), bool(args.certify))
        return
    with (MODELS / "INDEX.tsv").open() as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["quantization"] in ("float32", "float16w")]
    paths = [MODELS / r["path"] for r in rows if not args.substrings or any(s in r["path"] for s in args.substrings)]
    recipes = args.recipes.split(",")
    jobs = [(p, recipes, bool(args.certify) and i % args.certify == 0) for i, p in enumerate(paths)]
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    with ThreadPoolExecutor(args.j) as pool:
        for found in itertools.chain.from_iterable(pool.map(run, jobs)):
            word = verdict(found)
            table[found["recipe"]][word] += 1
            print(json.dumps({"verdict": word, **found}), flush=True)
    for recipe, words in table.items():
        print(f"{recipe}: {dict(words)}")


if __name__ == "__main__":
    main()
