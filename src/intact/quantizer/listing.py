"""What became of each operator, for the report, and what is refused."""

from __future__ import annotations

from typing import Final

from intact.errors import QuantError, counted
from intact.ir.graph import Node
from intact.ir.kind import is_float_node
from intact.ir.model import Model
from intact.ir.types import DType
from intact.quantizer.assign import Assignment
from intact.quantizer.choose import Choices
from intact.quantizer.decide import Decision
from intact.quantizer.recipe import Recipe
from intact.quantizer.report import Became, Left, Report
from intact.quantizer.restore import users_node
from intact.quantizer.treatment import Treatment

_NO_NUMBERS: Final = "an operator on floats"
_NOTHING_TO_STORE: Final = "it has no constants that the recipe is about"


Decisions = dict[Node, tuple[Treatment, Decision]]
"""What becomes of the constants of nodes that stay in float."""


def list_operators(report: Report, plan: Assignment, choices: Choices, decisions: Decisions) -> None:
    """Adds the nodes of a graph that compute on floats to a report, in the order of the graph."""
    for position, node in enumerate(plan.graph.nodes):
        if not is_float_node(node):
            continue
        place = (plan.graph.name, position, *users_node(node, choices.before))
        choice = choices.of(node)
        if plan.is_integer(node):
            report.operators.append(Became(*place, choice.treatment.describe, choice.by, is_integer=True))
            continue
        if choice.treatment.is_integer or choice.treatment.kind == "float":
            decision = Decision(reason=plan.verdicts.get(node) or _NO_NUMBERS)
        else:
            decision = decisions[node][1]
        became, reason = decision.describe(choice.treatment), decision.reason
        why = choice.by if became != "float" or choice.treatment.kind == "float" else reason or _NOTHING_TO_STORE
        report.operators.append(Became(*place, became, why, is_integer=False))
        if became == "float" and reason is not None:
            report.left.append(Left(*place, reason))


def refuse_nothing(report: Report, model: Model, recipe: Recipe) -> None:
    """Raises E405 where a recipe changes no operator."""
    if all(item.became == "float" for item in report.operators):
        if all(treatment.kind == "float" for treatment in recipe.treatments):
            raise QuantError(
                f"recipe {recipe.name} leaves every operator as it is",
                code="E405",
                expected="a recipe of another kind, or scopes that are",
                where=model.source,
            )
        what = "become integer" if recipe.needs_ranges else f"be quantized by recipe {recipe.name}"
        why = "none computes on float32 numbers" if recipe.needs_ranges else "none has weights"
        raise QuantError(
            f"no operator of the model can {what}: " + (_reasons(report) or why),
            code="E405",
            where=model.source,
            fix="`intact inspect` lists the operators",
        )


def refuse_float(report: Report, model: Model) -> None:
    """Raises E404 where an operator computes on floats."""
    floats = [item for item in report.operators if not item.is_integer]
    if floats:
        kept = sum(item.became != "float" for item in floats)
        hybrid = f"{kept} {'computes' if kept == 1 else 'compute'} on floats by the recipe" if kept else ""
        raise QuantError(
            f"{counted(len(floats), 'operator')} would stay in float: "
            + "; ".join(t for t in (hybrid, _reasons(report)) if t),
            code="E404",
            expected="integer operators only, as --require-integer asks",
            where=model.source,
        )


def newer_than_uint8(model: Model) -> list[str]:
    """Returns a sentence on operators that early runtimes refuse; empty where there are none."""
    found = {
        f"{node.op.name} {node.version}"
        for *_, node in model.nodes()
        if node.version > 1 and any(v.dtype == DType.UINT8 and v.quant is not None for v in node.data)
    }
    return (
        [f"operators of a later version than 1, which early runtimes refuse: {', '.join(sorted(found))}"]
        if found
        else []
    )


def _reasons(report: Report) -> str:
    listed = [f"{reason}" + (f" ({n} times)" if n > 1 else "") for reason, n in report.reasons.items()]
    more = f"; and {len(listed) - 8} more reasons" if len(listed) > 8 else ""
    return "; ".join(listed[:8]) + more
