"""Every operator class says of itself what the TFLite schema says."""

import enum
import typing
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from ai_edge_litert import schema_py_generated as s
from hypothesis import given, settings
from hypothesis import strategies as st

import intact.ops  # noqa: F401  (registers the operators)
from intact.formats.tflite import to_bytes
from intact.formats.tflite.options import UNIONS, columns, is_subgraph_field, new_record
from intact.formats.tflite.reader import read
from intact.formats.tflite.schema import numbers
from intact.ir.graph import Graph, Node
from intact.ir.model import Model
from intact.ir.op import Op, registry
from intact.ir.types import DType
from intact.ops import attributes

ENUMS = {
    "Padding": "Padding",
    "FusedActivation": "ActivationFunctionType",
    "MirrorPadMode": "MirrorPadMode",
    "WeightsFormat": "FullyConnectedOptionsWeightsFormat",
    "LSTMKernelType": "LSTMKernelType",
}
every_operator = pytest.mark.parametrize("op", registry().values(), ids=lambda op: op.opcode)


def plain(name: str) -> str:
    return name.replace("_", "").lower()


@every_operator
def test_codes_and_tables_are_the_schemas(op: type[Op]) -> None:
    assert op.opcode in numbers("BuiltinOperator")
    if op.options is not None:
        assert any(op.options in numbers(union) for union in UNIONS)


@every_operator
def test_fields_are_all_those_of_the_table(op: type[Op]) -> None:
    if op.options is None:
        assert not fields(op)
        return
    record = new_record(op)
    in_class = {plain(f.name) for f in fields(op)} | {plain(name) for name in op.subgraph_fields}
    assert in_class == {plain(name) for name in vars(record)}
    assert [plain(n) for n in op.subgraph_fields] == [plain(n) for n in vars(record) if is_subgraph_field(n)]


@every_operator
def test_annotations_are_of_the_kind_the_table_has(op: type[Op]) -> None:
    for column in columns(op):
        default = getattr(new_record(op), column.attribute)
        value = column.read(default)
        hint = typing.get_type_hints(op)[column.field]
        assert isinstance(value, typing.get_origin(hint) or hint)
        assert column.write(value) == default
        assert isinstance(default, bool) is (hint is bool)
        assert isinstance(default, float) is (hint is float)


@pytest.mark.parametrize(
    "name", [n for n, c in vars(attributes).items() if isinstance(c, type) and c.__module__ == attributes.__name__]
)
def test_enumerations_are_the_schemas(name: str) -> None:
    members = {member.name: member.value for member in getattr(attributes, name)}
    assert members == dict(numbers(ENUMS[name]))


def test_types_are_the_schemas() -> None:
    assert {d.name for d in DType} == set(numbers("TensorType"))


def test_no_table_of_options_holds_tables() -> None:
    """Were there one, it would have to be kept in another way than as pairs of names and numbers."""
    for union in UNIONS:
        for name in numbers(union):
            if name == "NONE":
                continue
            accessor = getattr(s, name)
            for field in vars(getattr(s, f"{name}T")()):
                method = field[0].upper() + field[1:]
                is_vector = hasattr(accessor, f"{method}Length")
                assert hasattr(accessor, f"{method}AsNumpy") is is_vector, f"{name}.{field}"


def values(hint: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(hint) is tuple:
        return st.lists(values(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    kinds: dict[object, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(0, 127),
        float: st.floats(width=32, allow_nan=False),
        str: st.text(max_size=5),
        bytes: st.binary(max_size=5),
    }
    return kinds[hint]


@st.composite
def operators(draw: Callable[..., Any]) -> Op:
    cls = draw(st.sampled_from(list(registry().values())))
    hints = typing.get_type_hints(cls)
    return cls(**{field.name: draw(values(hints[field.name])) for field in fields(cls)})


@settings(max_examples=300, deadline=None)
@given(op=operators(), version=st.integers(1, 30))
def test_operators_come_back_as_they_were(op: Op, version: int) -> None:
    graphs = [Graph(), *(Graph(name) for name in op.subgraph_fields)]
    graphs[0].add_node(Node(op, [], [], version=version, subgraphs=graphs[1:]))
    found = read(memoryview(to_bytes(Model(graphs))), "x")
    (node,) = found.main.nodes
    assert node.op == op
    assert node.version == version
    assert node.subgraphs == tuple(found.graphs[1:])
