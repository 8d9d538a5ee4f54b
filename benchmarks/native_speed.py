"""The exact engine's time beside those of LiteRT's three kernel sets, as a table in Markdown.

    python benchmarks/native_speed.py [--profiles litert-reference,litert-xnnpack] [--threads 1] [--runs N] [NAME ...]

A row a model and profile: our median milliseconds, and our time divided by that of XNNPACK, of the optimized and of the
reference kernels, each the median over measurements in turn in one run (see `intact bench`), and behind it XNNPACK's
milliseconds. NAME picks models by a part of their name or path; a path is a model too. The last column lists what the C
kernels do not compute.
"""

from __future__ import annotations

import argparse

from native_models import models

import intact
from intact.diagnose.benchmark import Benchmark

SETS = ("litert-default", "litert-optimized", "litert-reference")


def row(name: str, found: Benchmark) -> str:
    """Returns a row of the table."""
    ratios = [f"{found.ratio[k]:.2f}" if k in found.ratio else "refused" for k in SETS]
    theirs = [next((f"{r.ms:.3f}" for r in found.rivals if r.name == k and r.ms is not None), "") for k in SETS]
    elsewhere = ", ".join(f"{w.count} {w.operator} ({w.ran_on})" for w in found.work if w.ran_on != "kernels")
    return " | ".join(
        ["", name, found.profile.name, f"{found.ms:.3f}", *ratios, *theirs, str(found.arena // 1024), elsewhere, ""]
    ).strip()


def main() -> None:
    """Measures every model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--profiles", default="litert-reference,litert-xnnpack")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, help="measurements; as many as take 2 seconds a kernel set by default")
    arguments = parser.parse_args()
    print(
        "| model | profile | ours, ms | to XNNPACK | to optimized | to reference | XNNPACK, ms | optimized, ms "
        "| reference, ms | arena, KiB | not in C |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, model in models(arguments.names).items():
        for profile in arguments.profiles.split(","):
            found = intact.bench(
                model, profile=profile, against=SETS, threads=arguments.threads, runs=arguments.runs, isolate=False
            )
            print(row(name, found), flush=True)


if __name__ == "__main__":
    main()
