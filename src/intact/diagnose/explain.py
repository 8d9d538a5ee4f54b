"""explain: an operator's parameters as a code generator needs them, and one of its numbers worked out on paper."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.explanation import Element, Explanation
from intact.diagnose.feeds import Inputs, feeds
from intact.diagnose.find import entry, find, require_whole
from intact.diagnose.reach import accumulator, parameters
from intact.engines.exact import Exact
from intact.engines.plan import Prepared
from intact.errors import UncoveredError, UsageError, require_type
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import signature
from intact.ir.port import input_names
from intact.ir.stored import real
from intact.ir.term import Term
from intact.ir.types import Array
from intact.ops.convolution import Convolution2D
from intact.ops.elementwise import Unary

_MOST_BYTES: Final = 64
"""Of an attribute that are listed."""


def explain(
    model: Model,
    *,
    op: int | None = None,
    tensor: str | None = None,
    at: Sequence[int] | None = None,
    inputs: Inputs | None = None,
    profile: Profile | str = "litert-reference",
    graph: int | None = None,
) -> Explanation:
    """Returns the parameters of an operator, and with inputs the numbers of a run.

    Args:
        op: position of the operator; or
        tensor: name of its result, or of an output.
        at: index of one element of its first result; needs inputs.
        inputs: arrays by input name, stored or real as for `run`; for an operator in a body of control flow those of
            the graph that calls it. Of several runs of the body the last is shown.
        profile: whose arithmetic.
        graph: number of the graph that the operator is in. Where None, 0, and `tensor` may be of any graph.
    Raises:
        UsageError: E003, E004 for an operator, tensor or index that is not there, or an operator that did not run.
        UncoveredError: E504 for an operator that the exact engine does not cover.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    body, index = find(model, op, tensor, graph)
    node, place = body.nodes[index], None if at is None else _place(at)
    engine = Exact(model, profile, graph=entry(model, body), strict=False)
    step = next((s for s in engine.steps[body] if isinstance(s, Prepared) and s.node is node), None)
    if step is None:
        why = next((g.why for g in engine.gaps if g.node is node), "it computes on floats or plain numbers, on LiteRT")
        raise UncoveredError(f"node {index} {node.op.name} has no integers to explain: {why}", where=model.source)
    ranges: dict[str, tuple[float, float]] = {}
    element = None
    if inputs is not None:
        stages, operands, results = traced(engine, node, inputs)
        ranges = {name: (_plain(a.min()), _plain(a.max())) for name, a in stages.items() if a.size}
        if place is not None:
            element = _element(step, place, stages, operands, results, model.source)
    elif at is not None:
        raise UsageError("an element is asked for and no input is given", fix="Give --input NAME=FILE")
    names = signature(type(node.op))
    return Explanation(
        index,
        node.op.name,
        {f.name: _attribute(getattr(node.op, f.name)) for f in dataclasses.fields(node.op)},
        profile,
        step.rules,
        _values({_operand(names.name(i), i, node): v for i, v in enumerate(node.inputs) if v is not None}, body),
        _values({f"output {i}" if i else "output": v for i, v in enumerate(node.outputs)}, body),
        {**_padding(node), **({} if step.record is None else parameters(step.record))},
        accumulator(node, step.record),
        ranges,
        element,
        model.graphs.index(body),
    )


def traced(engine: Exact, node: Node, inputs: Inputs) -> tuple[dict[str, Array], list[Array | None], list[Array]]:
    """Returns the stages of one node in a run, in the order of the computation, its operands and its results.

    Raises:
        UsageError: E003 where the node did not run; E003, E004, E302 as `feeds`.
        DataError: E303, E304 as `feeds`.
    """
    stages: dict[str, Array] = {}
    kept: list[tuple[list[Array | None], list[Array]]] = []

    def keep(visited: Node, operands: Sequence[Array | None], results: Sequence[Array]) -> None:
        if visited is node:
            kept.append((list(operands), list(results)))

    def see(stage: str, array: Array) -> None:
        stages[stage] = array.copy()

    names = input_names(engine.model, engine.graph)
    arrays, _ = feeds(inputs, names, engine.model, engine.graph)
    engine.run(dict(zip(names, arrays, strict=True)), visit=keep, trace={node: see})
    if not kept:
        raise UsageError(f"{node.op.name} does not run for these inputs: its branch is not taken", where=engine.source)
    operands, results = kept[-1]
    return stages, operands, results


def _place(at: Any) -> tuple[int, ...]:
    if isinstance(at, str) or not isinstance(at, Iterable):
        raise UsageError(f"at is {at!r}", expected="a sequence of integers")
    for number in at:
        require_whole("an index of `at`", number)
    return tuple(int(i) for i in at)


def _element(
    step: Prepared,
    at: tuple[int, ...],
    stages: Mapping[str, Array],
    operands: Sequence[Array | None],
    results: Sequence[Array],
    source: str,
) -> Element:
    if not results:
        raise UsageError(f"{step.node.op.name} has no result to take an element of", where=source)
    shape = results[0].shape
    if len(at) != len(shape) or not all(0 <= i < s for i, s in zip(at, shape, strict=True)):
        raise UsageError(f"there is no element {list(at)}", expected=f"an index into {list(shape)}", where=source)
    # The input may have the result's shape by chance; its elements are not those of the result.
    elementwise = isinstance(step.node.op, Unary)
    of_all = {n: _plain(a[at]) for n, a in stages.items() if a.shape == shape and (elementwise or n != "input offset")}
    terms: Sequence[Term] = ()
    # Hybrid kernels multiply codes that they make of floats when they run.
    if step.node.op.terms is not None and not (operands[0] is not None and operands[0].dtype.kind == "f"):
        terms = step.node.op.terms(step.record, at, *operands)
    bias = None
    if terms and {"products", "accumulator"} <= set(of_all):
        bias = int(of_all["accumulator"] - of_all["products"])
    return Element(
        at,
        of_all,
        _plain(results[0][at]),
        float(_real_at(results[0], at, step.node.outputs[0])),
        terms,
        terms[0].input_zero_point if terms else 0,
        terms[0].weight_zero_point if terms else 0,
        bias,
    )


def _padding(node: Node) -> dict[str, Any]:
    """What a convolution's window reads beside the image, at the shapes that the model declares."""
    if not isinstance(node.op, Convolution2D) or node.inputs[0] is None or node.inputs[1] is None:
        return {}
    image = node.inputs[0].shape
    place = node.op.place(image, node.inputs[1].shape)
    reach = place.reach()
    after = tuple(max(0, r - b - s) for r, b, s in zip(reach, place.before, image[1:3], strict=True))
    return {"padding before (rows, columns)": place.before, "padding after (rows, columns)": after}


def _real_at(array: Array, at: tuple[int, ...], value: Value) -> Any:
    return real(array, value.type)[at]


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
    """An attribute as data for JSON; bytes in hexadecimal, or of many how many they are."""
    if isinstance(value, bytes):
        return value.hex() if len(value) <= _MOST_BYTES else f"{len(value)} bytes"
    if isinstance(value, (tuple, list)):
        return [_attribute(v) for v in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    name = getattr(value, "name", None)
    if isinstance(name, str):
        return name
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
