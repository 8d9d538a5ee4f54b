"""explain: an operator's parameters as a code generator needs them, and one of its numbers worked out on paper."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.arith.requantize import STAGES
from intact.diagnose.explanation import Accumulator, Element, Explanation
from intact.engines.exact import Exact, Prepared
from intact.engines.litert import match
from intact.errors import UncoveredError, UsageError, require_type
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import signature
from intact.ir.port import input_names, output_names, ports
from intact.ir.stored import real, stored
from intact.ir.term import Term
from intact.ir.types import Array


def explain(
    model: Model,
    *,
    op: int | None = None,
    tensor: str | None = None,
    at: Sequence[int] | None = None,
    inputs: Mapping[str, Array] | None = None,
    profile: Profile | str = "litert-reference",
) -> Explanation:
    """Returns the parameters of an operator of subgraph 0, and with inputs the numbers of a run.

    Args:
        op: position of the operator; or
        tensor: name of its result, or of an output.
        at: index of one element of its first result; needs inputs.
        inputs: arrays by input name, stored or real as for `run`.
        profile: whose arithmetic.
    Raises:
        UsageError: E003, E004 for an operator, tensor or index that is not there.
        UncoveredError: E504 for an operator that the exact engine does not cover.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    index = find(model, op, tensor)
    node = model.main.nodes[index]
    engine = Exact(model, profile, strict=False)
    step = next((s for s in engine.steps[model.main] if isinstance(s, Prepared) and s.node is node), None)
    if step is None:
        why = next((g.why for g in engine.gaps if g.node is node), "it computes on floats or plain numbers, on LiteRT")
        raise UncoveredError(f"node {index} {node.op.name} has no integers to explain: {why}", where=model.source)
    ranges: dict[str, tuple[float, float]] = {}
    element = None
    if inputs is not None:
        stages, operands, results = traced(engine, model, node, inputs)
        ranges = {name: (_plain(a.min()), _plain(a.max())) for name, a in stages.items() if a.size}
        if at is not None:
            element = _element(step, tuple(at), stages, operands, results, model.source)
    elif at is not None:
        raise UsageError("an element is asked for and no input is given", fix="Give --input NAME=FILE")
    names = signature(type(node.op))
    return Explanation(
        index,
        node.op.name,
        {f.name: _attribute(getattr(node.op, f.name)) for f in dataclasses.fields(node.op)},
        profile,
        step.rules,
        _values({_operand(names.name(i), i, node): v for i, v in enumerate(node.inputs) if v is not None}, model.main),
        _values({f"output {i}" if i else "output": v for i, v in enumerate(node.outputs)}, model.main),
        {} if step.record is None else parameters(step.record),
        accumulator(step.record),
        ranges,
        element,
    )


def find(model: Model, op: int | None, tensor: str | None) -> int:
    """Returns the position of the operator that is asked for.

    Raises:
        UsageError: E003 for none or both, or a position that is not there; E004 for a tensor that no operator makes.
    """
    nodes = model.main.nodes
    if (op is None) == (tensor is None):
        raise UsageError("an operator is named by its position or by its result", expected="one of op and tensor")
    if op is not None:
        if not 0 <= op < len(nodes):
            raise UsageError(f"there is no operator {op}", expected=f"0 to {len(nodes) - 1}", where=model.source)
        return op
    named = output_names(model, model.main)
    for index, node in enumerate(nodes):
        if any(v.name == tensor or named.get(tensor or "") is v for v in node.outputs):
            return index
    if any(v.name == tensor for v in model.main.values):
        raise UsageError(
            f"tensor '{tensor}' is an input or a constant", code="E004", expected="a result", where=model.source
        )
    raise UsageError(
        f"there is no tensor '{tensor}'",
        code="E004",
        fix="`intact inspect --full` lists the tensors",
        where=model.source,
    )


def traced(
    engine: Exact, model: Model, node: Node, inputs: Mapping[str, Array]
) -> tuple[dict[str, Array], list[Array | None], list[Array]]:
    """Returns the stages of one node in a run, its operands and its results."""
    stages: dict[str, Array] = {}
    kept: list[tuple[list[Array | None], list[Array]]] = []

    def keep(visited: Node, operands: Sequence[Array | None], results: Sequence[Array]) -> None:
        if visited is node:
            kept.append((list(operands), list(results)))

    def see(stage: str, array: Array) -> None:
        stages[stage] = array.copy()

    given = match(inputs, ports(input_names(model, model.main)), model.source)
    feeds = {
        name: stored(np.asarray(array), value.type)
        for array, (name, value) in zip(given, input_names(model, model.main).items(), strict=True)
    }
    engine.run(feeds, visit=keep, trace={node: see})
    operands, results = kept[-1]
    return {s: stages[s] for s in (*STAGES, *stages) if s in stages}, operands, results


def parameters(record: Any) -> dict[str, Any]:
    """Returns the fields of a record, those of records in it among them under dotted names; {} for what is no record."""
    found: dict[str, Any] = {}
    for item in dataclasses.fields(record) if dataclasses.is_dataclass(record) else ():
        value = getattr(record, item.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            found.update({f"{item.name}.{k}": v for k, v in parameters(value).items()})
        elif isinstance(value, tuple) and value and all(dataclasses.is_dataclass(v) for v in value):
            continue  # matrices: the weights once more, laid out for the multiplication
        else:
            found[item.name] = value
    return found


def accumulator(record: Any) -> Accumulator | None:
    """Returns the bounds of the accumulators, where a record has them."""
    found = parameters(record)
    low = next((v for k, v in found.items() if k.endswith("accumulator_low")), None)
    high = next((v for k, v in found.items() if k.endswith("accumulator_high")), None)
    if low is None or high is None or np.size(low) == 0:
        return None
    channel = int(np.argmax(np.maximum(np.abs(low), np.abs(high))))
    least, most = int(np.min(low)), int(np.max(high))
    bits = 1 + max(most.bit_length(), (-least - 1).bit_length() if least < 0 else 0)
    return Accumulator(least, most, channel, bits)


def _element(
    step: Prepared,
    at: tuple[int, ...],
    stages: Mapping[str, Array],
    operands: Sequence[Array | None],
    results: Sequence[Array],
    source: str,
) -> Element:
    shape = results[0].shape
    if len(at) != len(shape) or not all(0 <= i < s for i, s in zip(at, shape, strict=True)):
        raise UsageError(f"there is no element {list(at)}", expected=f"an index into {list(shape)}", where=source)
    # The input may have the result's shape by chance; its elements are not those of the result.
    of_all = {n: _plain(array[at]) for n, array in stages.items() if array.shape == shape and n != "input offset"}
    terms: Sequence[Term] = ()
    # Hybrid kernels multiply codes that they make of floats when they run.
    if step.node.op.terms is not None and not (operands[0] is not None and operands[0].dtype.kind == "f"):
        terms = step.node.op.terms(at, *operands)
    found = parameters(step.record) if step.record is not None else {}
    bias = None
    if terms and {"products", "accumulator"} <= set(of_all):
        bias = int(of_all["accumulator"] - of_all["products"])
    return Element(
        at,
        of_all,
        _plain(results[0][at]),
        float(_real_at(results[0], at, step.node.outputs[0])),
        terms,
        int(_ending(found, "input_zero_point")),
        int(_ending(found, "filter_zero_point")),
        bias,
    )


def _real_at(array: Array, at: tuple[int, ...], value: Value) -> Any:
    return real(array, value.type)[at]


def _ending(found: Mapping[str, Any], name: str) -> Any:
    return next((v for k, v in found.items() if k.endswith(name)), 0)


def _plain(number: Any) -> int | float:
    return int(number) if np.asarray(number).dtype.kind in "iub" else float(number)


def _operand(name: str, index: int, node: Node) -> str:
    same = [i for i in range(len(node.inputs)) if signature(type(node.op)).name(i) == name]
    return name if len(same) == 1 else f"{name} {index - same[0]}"


def _values(values: Mapping[str, Value], graph: Graph) -> dict[str, dict[str, Any]]:
    index = graph.indices()
    found = {}
    for name, value in values.items():
        quant = value.quant
        found[name] = {
            "tensor": index[value],
            "name": value.name,
            "dtype": value.dtype.value,
            "shape": list(value.type.shape or ()),
            "scale": None if quant is None or not quant.scale.size else _scalar(quant.scale),
            "zero_point": None if quant is None or not quant.zero_point.size else _scalar(quant.zero_point),
            "quantized_dimension": None if quant is None or not quant.is_per_channel else quant.quantized_dimension,
        }
    return found


def _scalar(array: Array) -> Any:
    return array[0].item() if array.size == 1 else array.tolist()


def _attribute(value: Any) -> Any:
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else value
