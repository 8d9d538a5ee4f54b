"""The main job: a float model and its ranges in, an integer model out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from intact.arith import affine
from intact.errors import QuantError, UsageError, require_type
from intact.ir.graph import Buffer, Graph, Value
from intact.ir.kind import Kind, is_float_node, kind
from intact.ir.kind import quantization as quantization_of
from intact.ir.model import Model
from intact.ir.order import in_order
from intact.ir.types import DType, QuantParams
from intact.ir.verify import check
from intact.observe.ranges import Ranges
from intact.passes.prune import Prune
from intact.quantizer.apply import Rewriter
from intact.quantizer.assign import Assignment, assign
from intact.quantizer.calibrate import refuse_quantized
from intact.quantizer.contract import contract, stored_twice
from intact.quantizer.groups import Range
from intact.quantizer.parameters import contents
from intact.quantizer.prepare import expand, prepare
from intact.quantizer.propagate import propagate
from intact.quantizer.recipe import Recipe
from intact.quantizer.recipe import recipe as recipe_named
from intact.quantizer.report import Left, Quantized, Report
from intact.quantizer.restore import Original, Reasons, restore, users_node

RUNTIME_VERSION: Final = "min_runtime_version"
"""Metadata in which a converter says what runtime the versions of its operators need."""

PORT_TYPES: Final = {"float32": DType.FLOAT32, "int8": DType.INT8, "uint8": DType.UINT8}
"""What float inputs and outputs may become."""

_IN_A_BODY: Final = "in a body that another operator calls"


def quantize(
    model: Model,
    ranges: Ranges,
    *,
    recipe: str = "int8",
    input_type: str = "float32",
    output_type: str = "float32",
    require_integer: bool = False,
) -> Quantized:
    """Returns the model quantized, and what was done. The model given is not changed.

    Operators without an integer kernel stay in float between explicit QUANTIZE and DEQUANTIZE and are listed.

    Args:
        model: a float model.
        ranges: what `calibrate` observed on it.
        recipe: kind of quantization.
        input_type, output_type: float32, int8 or uint8; only float ports change.
        require_integer: refuse rather than leave an operator in float.
    Raises:
        QuantError: E401 already quantized, E402 ranges of another model, E404 with `require_integer`, E405 where no
            operator can become integer.
        UsageError: E003 for an unknown recipe or type.
    """
    require_type(model, Model, "intact.load(path) reads one")
    require_type(ranges, Ranges, "intact.calibrate(model, data) records them, Ranges.load(path) reads them")
    for name, chosen in (("input type", input_type), ("output type", output_type)):
        if chosen not in PORT_TYPES:
            raise UsageError(f"{name} '{chosen}' is not one a recipe makes", expected=f"one of {', '.join(PORT_TYPES)}")
    wanted = recipe_named(recipe)
    refuse_quantized(model)
    check(model)
    model = expand(model)
    result = model.clone()
    known = _known(ranges, model, result)
    notes = []
    if quantization_of(model) == "float16 weights":
        notes.append("float16 weights were widened to float32 first, which is exact")
    before = prepare(result)
    report = Report(recipe, Kind("float", "none", 0, 0), notes=notes)
    plans = [_plan(result, graph, known, wanted, report, before) for graph in _entry_graphs(result)]
    for graph in result.graphs:
        if graph not in _entry_graphs(result):
            reasons: Reasons = dict.fromkeys(graph.nodes, _IN_A_BODY)
            restore(graph, reasons, before, _IN_A_BODY)
            _list_left(report, graph, reasons, before)
    if not any(plan.is_integer(n) for plan in plans for n in plan.graph.nodes):
        raise QuantError(
            "no operator of the model can become integer: " + (_reasons(report) or "none computes on float32 numbers"),
            code="E405",
            where=model.source,
            fix="`intact inspect` lists the operators",
        )
    if require_integer and report.left:
        raise QuantError(
            f"{len(report.left)} operators would stay in float: " + _reasons(report),
            code="E404",
            expected="integer operators only, as --require-integer asks",
            where=model.source,
        )
    buffers: dict[object, Buffer] = {}
    for plan in plans:
        border = {v: p for v in (*plan.graph.inputs, *plan.graph.outputs) if (p := _border(v, known, wanted))}
        Rewriter(result, plan, wanted, report, buffers).run(PORT_TYPES[input_type], PORT_TYPES[output_type], border)
    _drop_recorded_ranges(result)
    if any(m.name == RUNTIME_VERSION for m in result.metadata):
        result.metadata = [m for m in result.metadata if m.name != RUNTIME_VERSION]
        notes.append(f"metadata '{RUNTIME_VERSION}' was dropped: it is about the operators of the float model")
    Prune().run(result)
    check(result)
    report.kind = kind(result)
    for graph in _entry_graphs(result):
        inputs, outputs = contract(result, graph)
        report.inputs += inputs
        report.outputs += outputs
        report.notes += stored_twice(result, graph)
    return Quantized(result, report)


def _drop_recorded_ranges(model: Model) -> None:
    """Forgets ranges that the float file recorded: those that count are in the scales now."""
    for graph in model.graphs:
        for value in graph.values:
            if value.quant is not None and not value.quant.is_quantized and value.quant.details is None:
                value.type = replace(value.type, quant=None)


def _known(ranges: Ranges, model: Model, copy: Model) -> dict[Value, Range]:
    """The ranges, by value of the copy."""
    twins = {(g, i): value for g, graph in enumerate(copy.graphs) for i, value in enumerate(graph.values)}
    return {twins[key]: limits for key, limits in ranges.limits(model).items()}


def _entry_graphs(model: Model) -> list[Graph]:
    """The main graph and those that signatures enter; bodies of control flow are not among them."""
    return list(dict.fromkeys([model.main, *(s.graph for s in model.signatures)]))


def _plan(
    model: Model,
    graph: Graph,
    known: dict[Value, Range],
    recipe: Recipe,
    report: Report,
    before: Mapping[Value, Original],
) -> Assignment:
    graph.nodes = in_order(graph)
    entry = model.signature_of(graph)
    if entry and len(model.signatures) > 1 and not any(v in known for v in graph.values):
        reason = f"signature '{entry.key}' was not calibrated"
        plan = Assignment(graph, dict.fromkeys(graph.nodes, reason))
        restore(graph, plan.verdicts, before, reason)
    else:
        propagate(graph, known)
        plan = assign(graph, known, recipe)
        restore(graph, plan.verdicts, before)
    _list_left(report, graph, plan.verdicts, before)
    report.notes += plan.notes
    return plan


def _list_left(report: Report, graph: Graph, reasons: Reasons, before: Mapping[Value, Original]) -> None:
    for position, node in enumerate(graph.nodes):
        reason = reasons.get(node)
        if reason is not None and is_float_node(node):
            report.left.append(Left(graph.name, position, *users_node(node, before), reason))


def _reasons(report: Report) -> str:
    listed = [f"{reason}" + (f" ({n} times)" if n > 1 else "") for reason, n in report.reasons.items()]
    more = f"; and {len(listed) - 8} more reasons" if len(listed) > 8 else ""
    return "; ".join(listed[:8]) + more


def _border(value: Value, known: Mapping[Value, Range], recipe: Recipe) -> QuantParams | None:
    """What an integer port would have where no integer node touches it; None where that is not known."""
    limits = known.get(value)
    if limits is None and value.array is not None and value.dtype == DType.FLOAT32:
        limits = contents(value)
    if limits is None and value.type.size == 0:
        limits = (0.0, 0.0)
    return QuantParams.per_tensor(*affine.asymmetric(*limits, *recipe.activation.limits)) if limits else None
