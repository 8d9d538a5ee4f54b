"""Every observer on the pairs of ../shared/models/PAIRS.md, with weights per channel and per tensor.

    python benchmarks/observers.py [--recipes int8,int8-per-tensor] [--observers ...] [--weights OBSERVER] [PAIR ...]

Calibrates and compares as benchmarks/pairs.py does, and prints the SQNR of the output that is worst, or of what its
last SOFTMAX is given, with top-1 agreement and the accuracy where there are labels. The last lines are the medians over
all pairs of how many dB an observer is above min-max.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import replace

import intact
from intact.engines.litert import Session
from intact.observe import observer_names
from intact.quantizer.recipe import RECIPES
from pairs import PAIRS, measure


def main() -> None:
    """Measures the pairs asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="*", default=list(PAIRS))
    parser.add_argument("--recipes", default="int8,int8-per-tensor")
    parser.add_argument("--observers", default=",".join(["min-max", *(o for o in observer_names() if o != "min-max")]))
    parser.add_argument("--weights", default="min-max", help="observer of weights")
    args = parser.parse_args()
    recipes, observers = args.recipes.split(","), args.observers.split(",")
    above: dict[tuple[str, str], list[float]] = {}
    for name in args.pairs:
        pair = PAIRS[name]
        model = intact.load(pair.float_model)
        calibration, evaluation, labels = pair.samples(model)
        names = [p.name for p in Session(model).inputs]
        samples = [dict(zip(names, a, strict=True)) for a in zip(*calibration.values(), strict=True)]
        base: dict[str, float] = {}
        for observer in observers:
            ranges = intact.calibrate(model, samples, observe=observer)
            for recipe in recipes:
                named = RECIPES[recipe]
                wanted = replace(named, base=replace(named.base, weight_observer=args.weights))
                quantized = intact.quantize(model, ranges, recipe=wanted).model
                compared, accuracy = measure(model, quantized, evaluation, labels, "default")
                squashed = {o.name.split(" before ")[0] for o in compared.outputs if " before " in o.name}
                shown = [o for o in compared.outputs if o.name not in squashed]
                worst = min(shown, key=lambda o: o.measures.sqnr)
                top = "" if worst.measures.agreement is None else f"  top-1 {worst.measures.agreement:7.2%}"
                right = "" if accuracy is None else f"  labels {accuracy:.2%}"
                gain = worst.measures.sqnr - base.setdefault(recipe, worst.measures.sqnr)
                above.setdefault((recipe, observer), []).append(gain)
                print(
                    f"{name:12} {recipe:16} {observer:18} {worst.measures.sqnr:8.2f} dB ({gain:+6.2f}){top}{right}",
                    flush=True,
                )
    for (recipe, observer), gains in above.items():
        middle, least = statistics.median(gains), min(gains)
        print(f"all          {recipe:16} {observer:18} median {middle:+6.2f} dB, least {least:+6.2f}")


if __name__ == "__main__":
    main()
