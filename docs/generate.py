"""Writes the pages of docs/ that are tables of what the code says: errors.md, operators.md, exact_operators.md, and
python.md below what is written by hand.

make docs        # or: python docs/generate.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from python_page import python

import intact.ops as _all_operators  # noqa: F401 - importing the package registers every operator
from intact.arith.profile import NAMES, Profile, load
from intact.data.doctor.finding import WARNINGS
from intact.errors import CODES, IntactError
from intact.ir.op import Op, registry, signature
from intact.ir.quant_rule import Activation, Bias, Constraint, Fixed, Ignored, QuantRule, Tied, Unquantized, Weight
from intact.ir.types import DType

FOLDER = Path(__file__).parent


def errors() -> str:
    """The page of error codes, by class."""
    classes = {kind.default_code[:2]: kind for kind in IntactError.__subclasses__()}
    lines = [
        "# Errors",
        "",
        "Made by `docs/generate.py` from `intact.errors`; codes are stable and never reused.",
        "",
        "An error is one line, `<where>: <rule broken>: <values>; expected <condition>. <what to do>. [CODE]`, on",
        "standard error; the exit status is 2 and no file is left behind. In Python it is an `IntactError` with the",
        "attributes `code`, `problem`, `expected`, `fix` and `where`.",
    ]
    for prefix, kind in sorted(classes.items()):
        lines += ["", f"## {kind.__name__}", "", str(kind.__doc__).strip(), "", "| code | means |", "|---|---|"]
        lines += [f"| {code} | {text} |" for code, text in CODES.items() if code.startswith(prefix)]
    lines += [
        "",
        "## Warnings",
        "",
        "What the [data doctor](data-doctor.md) says of samples that can be used, but should not be.",
        "",
        "| code | means |",
        "|---|---|",
        *(f"| {code} | {text} |" for code, text in WARNINGS.items()),
    ]
    return "\n".join(lines) + "\n"


_GRAINS = {"channel": "a scale a channel", "tensor": "one scale", "either": "a scale a channel, or one"}


def operators() -> str:
    """The page of operators."""
    lines = [
        "# Operators",
        "",
        "Made by `docs/generate.py` from the operators themselves; each is one file of `src/intact/ops`. An operator",
        "that is not here is kept whole, options and all, and computes as it did.",
        "",
        "How operands and results are stored where the operator computes on int8:",
        "",
        "- *own*: has a scale and zero point of its own, per-tensor, asymmetric;",
        "- *per channel (d)*: a weight, symmetric, one scale for each index of dimension d;",
        "- *symmetric*: a weight with one scale in all;",
        "- *int32 at X × Y*: a bias, zero point 0, its scale the product of those of X and Y;",
        "- *as X*: has the scale and zero point of X;",
        "- *1/256, -128* and the like: the scale and zero point that the kernels fix;",
        "- *any*: only its shape is read;",
        "- *-*: there is no int8 form; its operands stay as they are, float where they are real numbers;",
        "- operands not named are shapes, indices and conditions, and stay as they are.",
        "",
        "The last but one column: which types of activations it has integer kernels for, with the operator version",
        "that has them; uint8 has weights that are asymmetric and per-tensor, int16 zero points of 0.",
        "The last: what [recipes](recipes.md) do with its constant weights where it computes on floats. *stored*: a",
        "DEQUANTIZE stands before it (weight-only, float16); *hybrid*: it reads int8 weights itself (dynamic-range).",
        "",
        "| operator | file | options | int8 | types, versions | weights beside floats |",
        "|---|---|---|---|---|---|",
    ]
    for name, op in sorted(registry().items()):
        has_kernels = op.quant is not None and op.quant.dtypes
        rule = _rule(op, op.quant) if op.quant is not None and has_kernels else "-"
        types = [t for t in (DType.INT8, DType.UINT8, DType.INT16) if op.quant is not None and t in op.quant.dtypes]
        versions = ", ".join(f"{t.value} {op.versions.get(t, 1)}" for t in types)
        hybrid = f", hybrid ({_GRAINS[op.hybrid.grain]})" if op.hybrid is not None else ""
        beside = f"stored{hybrid}" if op.weights else ""
        file = op.__module__.rpartition(".")[2] + ".py"
        cells = (name, f"[{file}](../src/intact/ops/{file})", op.options or "", rule, versions, beside)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _rule(op: type[Op], rule: QuantRule) -> str:
    operands = [(name, rule.input(name)) for name in signature(op).names]
    parts = [f"{name} {_constraint(c)}" for name, c in operands if not isinstance(c, Unquantized)]
    for index, constraint in enumerate(rule.outputs):
        name = "output" if len(rule.outputs) == 1 else f"output {index}"
        if not isinstance(constraint, Unquantized):
            parts.append(f"{name} {_constraint(constraint)}")
    text = "; ".join(parts)
    return text if DType.INT8 in rule.dtypes else f"not int8: {text}"


def _constraint(constraint: Constraint) -> str:
    match constraint:
        case Activation():
            return "own"
        case Weight(axis=None):
            return "symmetric"
        case Weight(axis=axis):
            return f"per channel ({axis})"
        case Bias(of=(one, other)):
            return f"int32 at {one} × {other}"
        case Tied(to=to):
            return f"as {to}"
        case Fixed(params=params):
            scale, zero_point = params[DType.INT8]
            return f"1/{round(1 / scale)}, {zero_point}"
        case Ignored():
            return "any"
    raise AssertionError(constraint)


def exact_operators() -> str:
    """The page of what the exact engine covers: rules from the profiles, certification from the run on real models."""
    order = ("litert-reference", "litert-optimized", "litert-xnnpack")
    profiles = [load(name) for name in (*order, *(n for n in NAMES if n not in order))]
    lines = [
        "# Exact operators",
        "",
        "Made by `docs/generate.py` from the operators, from the profiles in `src/intact/arith/profiles`, and from",
        "`docs/certified.json`, which `benchmarks/certify_corpus.py --record` writes. What the rules do is in",
        "[numerics](numerics.md); what a profile is, in [exact](exact.md).",
        "",
        "## Profiles",
        "",
        "| profile | describes | checked against |",
        "|---|---|---|",
        *(f"| {p.name} | {p.about} | {p.checked or 'nothing here: read from sources'} |" for p in profiles),
        "",
        "## Rules",
        "",
        "The rule of each operator and type under each profile. A rule of litert-xnnpack holds where XNNPACK takes the",
        "operator, and the one of litert-optimized where not.",
        "",
        "| operator | type | " + " | ".join(p.name for p in profiles) + " |",
        "|---|---|" + "---|" * len(profiles),
    ]
    computing = {name: op for name, op in sorted(registry().items()) if "compute" in _methods(op)}
    plain = []
    for name in computing:
        types = sorted({kind for p in _chain(profiles) for operator, kind in p.rules if operator == name})
        for kind in types:
            found = [p.rule(name, kind) for p in profiles]
            lines.append(f"| {name} | {kind} | " + " | ".join(r.name if r else "-" for r in found) + " |")
        if not types:
            plain.append(name)
    control = [name for name, op in sorted(registry().items()) if op.controls]
    lines += [
        "",
        f"Without a rule, as they move or count and never round: {', '.join(plain)}.",
        "",
        f"Run graphs and keep resources: {', '.join(control)}.",
        "",
        "What is on no list runs on LiteRT where it computes on floats or plain numbers; where it is quantized it is",
        "refused by name.",
        "",
        "## Certification",
    ]
    recorded = json.loads((FOLDER / "certified.json").read_text(encoding="utf-8"))
    for name, run in recorded.items():
        lines += ["", *_certified(name, run)]
    return "\n".join(lines) + "\n"


def _certified(name: str, run: dict[str, Any]) -> list[str]:
    about = run["runtime"]
    head = (
        f"{run['equal']} of {run['models']} models equal in every tensor, {run['samples']} random samples each; "
        f"LiteRT {about['litert']}, {about['machine']}, {about['processor']} ({about['instructions']})."
    )
    lines = [
        f"### {name}",
        "",
        head,
        "",
        "| operator | types | nodes | values | differ | largest |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {o['op']} | {o['type']} | {o['nodes']} | {o['values']} | {o['differing']} | {o['largest']:g} |"
        for o in run["operators"]
    ]
    if run["gaps"]:
        lines += ["", "Not covered:", ""]
        lines += [f"- {g['op']} {g['type']}, {g['nodes']} nodes: {g['why']}" for g in run["gaps"]]
    if run["failed"]:
        lines += ["", "Could not be run:", "", *(f"- {path}: {why}" for path, why in run["failed"].items())]
    return lines


def _chain(profiles: list[Profile]) -> list[Profile]:
    found = list(profiles)
    for profile in found:
        if profile.base is not None and all(profile.base is not p for p in found):
            found.append(profile.base)
    return found


def _methods(op: type[Op]) -> set[str]:
    return {name for kind in op.__mro__[:-1] if kind is not Op for name in vars(kind)}


PAGES = {"errors.md": errors, "operators.md": operators, "exact_operators.md": exact_operators, "python.md": python}

if __name__ == "__main__":
    for page, text in PAGES.items():
        (FOLDER / page).write_text(text(), encoding="utf-8")
