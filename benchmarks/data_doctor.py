"""The hostile sets of the tests, given to the data doctor and to AI Edge Quantizer; and the good ones.

python benchmarks/data_doctor.py [--aeq PYTHON] [--full]

PYTHON is that of an environment with ai-edge-quantizer. A set scores where what is wrong is named: for the doctor its
code, for the other an error or warning with one of the words below in it. Prints a table by code, with --full a row for
each set. The other gets float32 wherever the type is not what is wrong, since it takes no other.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

import numpy as np  # noqa: E402

import intact  # noqa: E402
from good_sets import GOOD, Good  # noqa: E402
from hostile_sets import SETS, Hostile  # noqa: E402
from intact.ir.model import Model  # noqa: E402

WORDS = {
    "E301": ("empty", "no data", "no sample", "calibration data"),
    "E302": ("shape", "dimension", "size"),
    "E303": ("type", "string", "complex", "cast", "overflow"),
    "E304": ("nan", "inf", "finite"),
    "E305": ("input", "missing", "frame", "state", "id"),
    "E306": ("array", "inhomogeneous", "sequence", "iterable"),
    "W301": ("constant",),
    "W302": ("duplicate", "repeat"),
    "W303": ("scale", "range", "large"),
    "W304": ("scale", "range", "small"),
    "W305": ("layout", "channel"),
    "W306": ("channel", "bgr", "rgb"),
    "W307": ("noise", "random"),
    "W308": ("label", "target"),
    "W309": ("few", "more samples"),
    "W310": ("scale", "outlier"),
    "W311": ("byte", "order"),
    "W312": ("index", "bound", "gather"),
    "W313": ("clip", "range"),
}
"""Generous: any of these in what is said counts as the cause named."""


def ours(case: Hostile) -> str:
    """Returns "named", or what was found in its place."""
    found = {f.code for f in intact.check_data(case.model(), case.data()).findings}
    return "named" if case.code in found else "silent" if not found else "other"


def theirs(python: str, cases: Sequence[Hostile | Good]) -> list[tuple[str, str]]:
    """Returns outcome and words for each set."""
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            model = case.model()
            content = pickle.dumps(_plain(case, model))
            Path(folder, f"{number:03}.pickle").write_bytes(content)
            intact.save(model, Path(folder, f"{number:03}.tflite"))
        script = ROOT / "benchmarks" / "aeq_hostile.py"
        done = subprocess.run([python, script, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    rows = {row["name"]: row for row in (json.loads(x) for x in done.stdout.splitlines() if x.startswith(b'{"name"'))}
    return [(rows[f"{n:03}"]["outcome"], rows[f"{n:03}"]["words"]) for n in range(len(cases))]


def _plain(case: Hostile | Good, model: Model) -> Any:
    """Returns samples as an object that can be sent to another process: files and iterators as what is in them."""
    data = case.data()
    if isinstance(data, Path):
        with np.load(data) as stacks:
            data = stacks[next(name for name in stacks.files if name != "y")]
    elif not (hasattr(data, "shape") or isinstance(data, dict | list | float)):
        data = list(data)
    is_about_type = getattr(case, "code", "") == "E303"
    if isinstance(data, np.ndarray) and data.dtype.kind in "fiu" and not is_about_type:
        return data.astype(model.main.inputs[0].dtype.numpy)
    return data


def judged(case: Hostile, outcome: str, words: str) -> str:
    """Returns "named" where what was said holds a word for what is wrong."""
    is_named = any(word in words.lower() for word in WORDS[case.code])
    return "named" if is_named and outcome in ("raised", "silent") else outcome


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--aeq", help="python of an environment with ai-edge-quantizer")
    parser.add_argument("--full", action="store_true", help="a row for each set")
    options = parser.parse_args()
    other = theirs(options.aeq, SETS) if options.aeq else [("not run", "")] * len(SETS)
    by_code: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for case, (outcome, words) in zip(SETS, other, strict=True):
        verdict = judged(case, outcome, words)
        by_code[case.code].append((ours(case), verdict))
        if options.full:
            print(f"| {case.name} | {case.code} | {by_code[case.code][-1][0]} | {verdict} | {words[:90]!r} |")
    print("| code | sets | doctor names it | AI Edge Quantizer |")
    print("|---|---|---|---|")
    for code, verdicts in [*sorted(by_code.items()), ("all", [v for vs in by_code.values() for v in vs])]:
        named = sum(mine == "named" for mine, _ in verdicts)
        counts = ", ".join(f"{outcome} {n}" for outcome, n in Counter(their for _, their in verdicts).most_common())
        print(f"| {code} | {len(verdicts)} | {named} | {counts} |")
    warned = [case.name for case in GOOD if intact.check_data(case.model(), case.data()).findings]
    print(f"\ngood sets: {len(GOOD)}, with a word of the doctor on them: {len(warned)} {warned or ''}")
    if options.aeq:
        failed = [f"{g.name} ({o})" for g, (o, _) in zip(GOOD, theirs(options.aeq, GOOD), strict=True) if o != "silent"]
        print(f"good sets of which AI Edge Quantizer makes no file that runs: {len(failed)} {failed or ''}")


if __name__ == "__main__":
    main()
