"""What text is printed of a model parses to the same model, whatever its names, numbers and operators."""

import enum
import types
import typing
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import intact.ops  # noqa: F401  (registers the operators)
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.op import Op, UnknownOp, registry
from intact.ir.text import format_model, parse
from intact.ir.types import Blockwise, CustomQuantization, DType, MultiAxis, QuantParams, TensorType

SIZES = st.lists(st.integers(0, 3), max_size=3)
INT64 = st.integers(-(2**63), 2**63 - 1)
PLAIN = st.none() | st.booleans() | INT64 | st.floats(allow_nan=False) | st.text(max_size=5) | st.binary(max_size=5)
OBJECTS = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)
FLOATS = st.lists(st.floats(width=32, allow_nan=False), max_size=3)
LEAVES: dict[object, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: INT64,
    float: st.floats(allow_nan=False),
    str: st.text(max_size=5),
    bytes: st.binary(max_size=5),
    object: OBJECTS,
    type(None): st.none(),
}


def attribute(annotation: Any) -> st.SearchStrategy[Any]:
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return st.one_of(map(attribute, arguments))
    if arguments and arguments[-1] is ...:
        return st.lists(attribute(arguments[0]), max_size=3).map(tuple)
    if arguments:
        return st.tuples(*map(attribute, arguments))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return st.sampled_from(annotation)
    return LEAVES[annotation]


@st.composite
def operators(draw: Callable[..., Any]) -> Op:
    cls = draw(st.sampled_from([*registry().values(), UnknownOp]))
    hints = typing.get_type_hints(cls)
    return cls(**{field.name: draw(attribute(hints[field.name])) for field in fields(cls)})


@st.composite
def quantization(draw: Callable[..., Any]) -> QuantParams:
    details = st.one_of(
        st.none(),
        st.builds(Blockwise, st.integers(0, 64), SIZES.map(tuple)),
        st.builds(MultiAxis, st.integers(0, 64), SIZES.map(tuple)),
        st.builds(CustomQuantization, st.binary(max_size=3)),
    )
    zero_points = st.lists(INT64, max_size=3)
    return QuantParams(
        draw(FLOATS), draw(zero_points), draw(st.integers(0, 3)), draw(FLOATS), draw(FLOATS), draw(details)
    )


@st.composite
def tensor_types(draw: Callable[..., Any]) -> TensorType:
    dtype = draw(st.sampled_from(DType))
    shape = draw(st.none() | SIZES.map(tuple))
    signature = None
    if shape and draw(st.booleans()):
        signature = (-1, *shape[1:])
    return TensorType(dtype, shape, signature, draw(st.none() | quantization()))


@st.composite
def models(draw: Callable[..., Any]) -> Model:
    names = draw(st.lists(st.text(min_size=1, max_size=5), min_size=6, max_size=6, unique=True))
    values = [Value(name, draw(tensor_types())) for name in names]
    inner, outer = Graph(draw(st.text(min_size=1, max_size=3))), Graph("main")
    first, constant, variable, source, result, other = values
    constant.buffer = Buffer(np.frombuffer(draw(st.binary(max_size=24)), np.uint8))
    variable.is_variable = True
    if first.quant is not None and draw(st.booleans()):
        first.block_scales, first.block_zero_points = constant, variable
    operands = draw(st.lists(st.sampled_from([None, *values[:4]]), max_size=4))
    intermediates = draw(st.lists(st.sampled_from([None, variable]), max_size=2))
    outer.values, outer.inputs, outer.outputs = values, [first], [other, result]
    version = draw(st.integers(1, 9))
    outer.add_node(Node(draw(operators()), operands, [result], intermediates=intermediates, version=version))
    outer.add_node(Node(draw(operators()), [source, variable, constant], [other], subgraphs=[inner]))
    graphs = [outer] if inner.name == "main" else [outer, inner]
    if inner.name == "main":
        outer.nodes[1].subgraphs = (outer,)
    entry = SignatureDef(draw(st.text(max_size=5)), outer, {draw(st.text(max_size=5)): first}, {"y": result})
    return Model(graphs=graphs, signatures=[entry])


def content(model: Model) -> list[object]:
    """All that text holds, in terms that compare: references as names, values by name."""
    found: list[object] = []
    for graph in model.graphs:
        found.append((graph.name, [v.name for v in graph.inputs], [v.name for v in graph.outputs]))
        for node in graph.nodes:
            references = [[v and v.name for v in listed] for listed in (node.inputs, node.outputs, node.intermediates)]
            found.append((node.op, node.version, references, [g.name for g in node.subgraphs]))
        for value in sorted(graph.values, key=lambda v: v.name):
            contents = None if value.buffer is None else value.buffer.data.tobytes()
            scales = [v and v.name for v in (value.block_scales, value.block_zero_points)]
            found.append((value.name, value.type, value.is_variable, value.sparsity, scales, contents))
    for entry in model.signatures:
        ports = [{name: v.name for name, v in ports.items()} for ports in (entry.inputs, entry.outputs)]
        found.append((entry.key, entry.graph.name, ports))
    return found


@given(models())
def test_parsing_undoes_printing(model: Model) -> None:
    assert content(parse(format_model(model, full=True))) == content(model)


@given(models())
def test_short_text_is_printed_of_every_model(model: Model) -> None:
    assert format_model(model).startswith("graph main(")
