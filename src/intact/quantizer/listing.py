"""What became of each operator, for the report, and what is refused."""

from __future__ import annotations

from intact.errors import QuantError
from intact.ir.kind import is_float_node
from intact.ir.model import Model
from intact.ir.types import DType
from intact.quantizer.assign import Assignment
from intact.quantizer.choose import Choices
from intact.quantizer.report import Became, Left, Report
from intact.quantizer.restore import users_node


def list_operators(report: Report, plan: Assignment, choices: Choices) -> None:
    """Adds the nodes of a graph that compute on floats to a report, in the order of the graph."""
    for position, node in enumerate(plan.graph.nodes):
        if not is_float_node(node):
            continue
        place = (plan.graph.name, position, *users_node(node, choices.before))
        choice = choices.of(node)
        if plan.is_integer(node):
            report.operators.append(Became(*place, choice.treatment.describe, choice.by, is_integer=True))
            continue
        reason = plan.verdicts.get(node) or "an operator on floats"
        by = choice.by if choice.treatment.kind == "float" else reason
        report.operators.append(Became(*place, "float", by, is_integer=False))
        report.left.append(Left(*place, reason))


def refuse_nothing(report: Report, model: Model) -> None:
    """Raises E405 where a recipe changes no operator."""
    if all(item.became == "float" for item in report.operators):
        raise QuantError(
            "no operator of the model can become integer: " + (_reasons(report) or "none computes on float32 numbers"),
            code="E405",
            where=model.source,
            fix="`intact inspect` lists the operators",
        )


def refuse_float(report: Report, model: Model) -> None:
    """Raises E404 where an operator computes on floats."""
    count = sum(not item.is_integer for item in report.operators)
    if count:
        raise QuantError(
            f"{count} operators would stay in float: " + _reasons(report),
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
