"""Writes the pages of docs/ that are tables of what the code says: errors.md and operators.md.

make docs        # or: python docs/generate.py
"""

from __future__ import annotations

from pathlib import Path

import intact.ops as _all_operators  # noqa: F401 - importing the package registers every operator
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
    return "\n".join(lines) + "\n"


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
        "| operator | file | options | int8 | version |",
        "|---|---|---|---|---|",
    ]
    for name, op in sorted(registry().items()):
        has_kernels = op.quant is not None and op.quant.dtypes
        rule = _rule(op, op.quant) if op.quant is not None and has_kernels else "-"
        version = op.versions.get(DType.INT8, 1) if has_kernels else ""
        file = op.__module__.rpartition(".")[2] + ".py"
        lines.append(f"| {name} | [{file}](../src/intact/ops/{file}) | {op.options or ''} | {rule} | {version} |")
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


PAGES = {"errors.md": errors, "operators.md": operators}

if __name__ == "__main__":
    for page, text in PAGES.items():
        (FOLDER / page).write_text(text(), encoding="utf-8")
