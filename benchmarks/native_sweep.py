"""The C kernels against NumPy on drawn cases of every operator, under every profile, at the level that is in use.

    python benchmarks/native_sweep.py [--cases 300] [--part K/N] [NAME ...]

tests/laws/test_native.py draws few cases and compares every level; this draws as many as are asked for and compares the
highest. The strategies are those of the tests. Prints a line for each that differs, and how many numbers were compared.
`--part 1/2` takes every second strategy, so that several processes share the work.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests"))

from collect import listed
from intact.arith.profile import NAMES
from intact.engines.exact import Exact
from intact.errors import UncoveredError
from integer import Integer
from kernels import difference, stages


def main() -> None:
    """Runs all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("names", nargs="*", help="only strategies whose name has one of these in it")
    args = parser.parse_args()
    part, parts = map(int, args.part.split("/"))
    chosen = [
        (name, strategy)
        for name, strategy, *_ in listed("ops", "INTEGERS")
        if not args.names or any(n in name for n in args.names)
    ][part - 1 :: parts]
    total = {"strategies": 0, "runs": 0, "with kernels": 0, "numbers": 0, "differ": 0}
    for name, strategy in chosen:
        start = time.monotonic()
        fault = sweep(strategy, args.cases, total)
        total["strategies"] += 1
        print(f"{total} {name} {time.monotonic() - start:.0f} s {fault or ''}", flush=True)


def sweep(strategy: st.SearchStrategy[Integer], cases: int, total: dict[str, int]) -> str | None:
    """Returns the first difference of a strategy's cases."""
    faults: list[str] = []

    @settings(
        max_examples=cases, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategy, st.integers(0, 2**16))
    def compare(case: Integer, seed: int) -> None:
        model, samples = case.model(), case.samples(2, seed)
        for profile in NAMES:
            try:
                wanted = stages(Exact(model, profile, native=False), samples)
            except UncoveredError:
                continue
            engine = Exact(model, profile)
            found = stages(engine, samples)
            total["runs"] += 1
            total["with kernels"] += bool(engine.compiled())
            total["numbers"] += sum(a.size for _, stage in wanted if isinstance(stage, dict) for a in stage.values())
            fault = difference(wanted, found)
            if fault is not None:
                total["differ"] += 1
                faults.append(f"{profile}: {fault}")

    compare()
    return faults[0] if faults else None


if __name__ == "__main__":
    main()
