"""The main job: a float model and its ranges in, an integer model out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from intact.errors import QuantError, UsageError, require_type
from intact.ir.graph import Buffer, Graph, Value
from intact.ir.kind import Kind, kind
from intact.ir.kind import quantization as quantization_of
from intact.ir.model import Model
from intact.ir.order import in_order
from intact.ir.types import DType
from intact.ir.verify import check
from intact.observe.embed import embedded
from intact.observe.ranges import Ranges
from intact.passes.prune import Prune
from intact.quantizer.apply import Rewriter
from intact.quantizer.assign import Assignment, assign
from intact.quantizer.calibrate import refuse_quantized
from intact.quantizer.choose import Choices, choose
from intact.quantizer.contract import contract, stored_twice
from intact.quantizer.decide import decide
from intact.quantizer.groups import Range
from intact.quantizer.listing import list_operators, newer_than_uint8, refuse_float, refuse_nothing
from intact.quantizer.parameters import contents
from intact.quantizer.prepare import expand, prepare
from intact.quantizer.propagate import propagate
from intact.quantizer.recipe import Recipe
from intact.quantizer.recipe_file import open_recipe
from intact.quantizer.report import Quantized, Report
from intact.quantizer.restore import Reasons, restore
from intact.quantizer.store import Store
from intact.quantizer.uneven import uneven

RUNTIME_VERSION: Final = "min_runtime_version"
"""Metadata in which a converter says what runtime the versions of its operators need."""

PORT_TYPES: Final = {t.value: t for t in (DType.FLOAT32, DType.INT8, DType.UINT8, DType.INT16)}
"""What float inputs and outputs may become."""

_IN_A_BODY: Final = "in a body that another operator calls"

Known = Mapping[DType, dict[Value, Range]]
"""Ranges of values, for each stored type of activations: what clips rarely depends on how many integers there are."""


def quantize(
    model: Model,
    ranges: Ranges | None = None,
    *,
    recipe: str | os.PathLike[str] | Recipe = "int8",
    input_type: str = "float32",
    output_type: str = "float32",
    require_integer: bool = False,
) -> Quantized:
    """Returns the model quantized, and what was done. The model given is not changed.

    Operators without an integer kernel stay in float between explicit QUANTIZE and DEQUANTIZE and are listed.

    Args:
        model: a float model.
        ranges: what `calibrate` observed on it; None where no operator becomes integer, or for the ranges that the
            model's file records.
        recipe: kind of quantization: a name, the path of a recipe file, or a Recipe.
        input_type, output_type: float32, int8, uint8 or int16; only float ports change.
        require_integer: refuse rather than leave an operator in float.
    Raises:
        QuantError: E401 already quantized, E402 ranges of another model, E403 where ranges are needed and not given,
            E404 with `require_integer`, E405 where nothing in the model can be quantized so, E406 for a broken recipe
            file, E407 for a scope that no operator matches.
        UsageError: E003 for an unknown recipe or type.
    """
    require_type(model, Model, "intact.load(path) reads one")
    if ranges is not None:
        require_type(ranges, Ranges, "intact.calibrate(model, data) records them, Ranges.load(path) reads them")
    for name, chosen in (("input type", input_type), ("output type", output_type)):
        if chosen not in PORT_TYPES:
            raise UsageError(f"{name} '{chosen}' is not one a recipe makes", expected=f"one of {', '.join(PORT_TYPES)}")
    wanted = open_recipe(recipe)
    refuse_quantized(model)
    check(model)
    expanded = expand(model)
    result = expanded.clone()
    choices = choose(wanted, model, expanded, result)
    ports = PORT_TYPES[input_type], PORT_TYPES[output_type]
    notes = [*choices.notes]
    if ranges is None:
        ranges = embedded(expanded)
        if ranges is not None and (wanted.needs_ranges or set(ports) != {DType.FLOAT32}):
            notes.append(f"the ranges of {len(ranges)} values are those that the model file records")
    known = _known(ranges, wanted, ports, expanded, result)
    if quantization_of(model) == "float16 weights":
        notes.append("float16 weights were widened to float32 first, which is exact")
    choices.before = prepare(result)
    report = Report(wanted.name, Kind("float", "none", 0, 0), notes=notes)
    entries = _entry_graphs(result)
    plans = [_plan(result, graph, known, choices) for graph in result.graphs]
    decisions = {node: (t, decide(node, t)) for plan in plans for node, t in plan.floats()}
    for plan in plans:
        list_operators(report, plan, choices, decisions)
        report.notes += plan.notes
    refuse_nothing(report, model, wanted)
    if require_integer:
        refuse_float(report, model)
    buffers: dict[object, Buffer] = {}
    for plan in plans:
        if plan.graph in entries:
            border = _border(plan.graph, known)
            report.uneven += uneven(plan)
            Rewriter(result, plan, report, buffers).run(*ports, border)
        Store(plan.graph, buffers).run(decisions)
    _drop_recorded_ranges(result)
    if any(m.name == RUNTIME_VERSION for m in result.metadata):
        result.metadata = [m for m in result.metadata if m.name != RUNTIME_VERSION]
        notes.append(f"metadata '{RUNTIME_VERSION}' was dropped: it is about the operators of the float model")
    Prune().run(result)
    check(result)
    if any(t.is_integer and t.activation == DType.UINT8 for t in wanted.treatments):
        notes += newer_than_uint8(result)
    report.kind = kind(result)
    for graph in entries:
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


def _known(ranges: Ranges | None, recipe: Recipe, ports: tuple[DType, DType], model: Model, copy: Model) -> Known:
    """The ranges, by value of the copy, for each type that the recipe and the ports ask for."""
    asked = [t.activation for t in recipe.treatments if t.is_integer] + [p for p in ports if p != DType.FLOAT32]
    if not asked:
        return {}
    if ranges is None:
        raise QuantError(
            f"no ranges are given, and {recipe.name} needs them"
            if recipe.needs_ranges
            else "no ranges are given, and integer inputs and outputs need them",
            expected="ranges of the model's values, observed on samples",
            fix="Give samples (--data), or ranges from `intact calibrate` (--ranges)",
        )
    twins = {(g, i): value for g, graph in enumerate(copy.graphs) for i, value in enumerate(graph.values)}
    return {
        dtype: {twins[key]: limits for key, limits in ranges.limits(model, 1 << (dtype.bits or 8)).items()}
        for dtype in dict.fromkeys(asked)
    }


def _entry_graphs(model: Model) -> list[Graph]:
    """The main graph and those that signatures enter; bodies of control flow are not among them."""
    return list(dict.fromkeys([model.main, *(s.graph for s in model.signatures)]))


def _plan(model: Model, graph: Graph, known: Known, choices: Choices) -> Assignment:
    graph.nodes = in_order(graph)
    choices.separate(graph)
    treatments = {node: choices.of(node).treatment for node in graph.nodes}
    reason = _why_float(model, graph, known)
    if reason is None:
        for ranges in known.values():
            propagate(graph, ranges)
        explicit = {node for node in graph.nodes if choices.of(node).is_explicit}
        plan = assign(graph, known, treatments, explicit)
    else:
        verdicts: Reasons = {n: reason if t.is_integer else t.kind for n, t in treatments.items()}
        plan = Assignment(graph, treatments, verdicts)
    restore(graph, plan.verdicts, choices.before, *([reason] if reason else []))
    for node in graph.nodes:
        plan.treatments.setdefault(node, choices.of(node).treatment)
    return plan


def _why_float(model: Model, graph: Graph, known: Known) -> str | None:
    """Why no operator of a graph can become integer; None where some may."""
    if graph not in _entry_graphs(model):
        return _IN_A_BODY
    entry = model.signature_of(graph)
    if (
        known
        and entry
        and len(model.signatures) > 1
        and not any(v in found for found in known.values() for v in graph.values)
    ):
        return f"signature '{entry.key}' was not calibrated"
    return None


def _border(graph: Graph, known: Known) -> dict[Value, Range]:
    """The ranges of a graph's inputs and outputs, for integer ports that no integer node touches."""
    found: dict[Value, Range] = {}
    for value in (*graph.inputs, *graph.outputs):
        limits = next((ranges[value] for ranges in known.values() if value in ranges), None)
        if limits is None and value.array is not None and value.dtype == DType.FLOAT32:
            limits = contents(value)
        if limits is None and value.type.size == 0:
            limits = (0.0, 0.0)
        if limits is not None:
            found[value] = limits
    return found
