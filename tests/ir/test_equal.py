from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from intact.ir.equal import differences
from intact.ir.graph import Buffer, Value
from intact.ir.model import Metadata, Model
from intact.ir.text import parse
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.attributes import FusedActivation

TEXT = """
graph main(%x: float32[1?,4]) -> (%y, %z) {
  %c = const float32[4] [1, 2, 3, 4]
  %d = const float32[4] [1, 2, 3, 4]
  %y: float32[1?,4] = ADD(%x, %c)
  %z: float32[1?,4] = LEAKY_RELU(%y) {alpha=0.5}
}
signature serve of main(image=%x) -> (scores=%y, labels=%z)
"""


def model() -> Model:
    made = parse(TEXT)
    made.metadata = [Metadata("m", Buffer(np.arange(9, dtype=np.uint8)))]
    return made


def change(attribute: str, value: object, *, of: Callable[[Model], object] = lambda m: m.main.values[0]):
    return lambda m: setattr(of(m), attribute, value)


def share(m: Model) -> None:
    m.main.values[2].buffer = m.main.values[1].buffer


def shape(m: Model) -> None:
    m.main.values[0].type = TensorType(DType.FLOAT32, (2, 4), (-1, 4))


def alpha(number: float):
    def change(m: Model) -> None:
        m.main.nodes[1].op = replace(m.main.nodes[1].op, alpha=number)

    return change


def activation(m: Model) -> None:
    m.main.nodes[0].op = replace(m.main.nodes[0].op, fused_activation_function=FusedActivation.RELU)


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (change("name", "a"), "graph 0 tensor 0 'x': name: x, a"),
        (shape, "graph 0 tensor 0 'x': shape: (1, 4), (2, 4)"),
        (
            change("type", TensorType(DType.FLOAT32, (1, 4), (-1, 4), QuantParams([0.5], [1]))),
            "graph 0 tensor 0 'x': quant: None, QuantParams(",
        ),
        (change("is_variable", True), "graph 0 tensor 0 'x': is_variable: False, True"),
        (lambda m: m.main.values[0].meta.update(a=1), "graph 0 tensor 0 'x': meta a: None, 1"),
        (change("block_scales", Value("q", TensorType(DType.INT8, ()))), "'x': block_scales: ['none'], ['elsewhere']"),
        (change("buffer", Buffer()), "graph 0 tensor 0 'x': contents: None, Buffer(0 bytes)"),
        (
            change("buffer", Buffer(np.float32([1, 2, 3, -4])), of=lambda m: m.main.values[1]),
            "graph 0 tensor 1 'c': contents: 16 bytes, at 15 40, 16 bytes, at 15 c0",
        ),
        (share, "graph 0 tensor 2 'd': contents are shared: False, True"),
        (activation, "graph 0 node 0 ADD: operator: Add("),
        (alpha(0.25), "graph 0 node 1 LEAKY_RELU: operator: LeakyRelu(alpha=0.5), LeakyRelu(alpha=0.25)"),
        (change("version", 2, of=lambda m: m.main.nodes[0]), "graph 0 node 0 ADD: version: 1, 2"),
        (
            lambda m: m.main.nodes[0].replace_input(1, None),
            "graph 0 node 0 ADD: inputs: ['0/0', '0/1'], ['0/0', 'none']",
        ),
        (lambda m: m.main.nodes[0].meta.update(a=1), "graph 0 node 0 ADD: meta a: None, 1"),
        (lambda m: m.main.outputs.reverse(), "graph 0: outputs: ['0/3', '0/4'], ['0/4', '0/3']"),
        (lambda m: m.main.nodes.pop(), "graph 0: number of nodes: 2, 1"),
        (change("name", "f", of=lambda m: m.main), "graph 0: name: main, f"),
        (change("key", "f", of=lambda m: m.signatures[0]), "signature 0: key: serve, f"),
        (lambda m: m.signatures[0].inputs.clear(), "signature 0: names of inputs: ['image'], []"),
        (
            change("outputs", {"labels": None, "scores": None}, of=lambda m: m.signatures[0]),
            "signature 0: names of outputs: ['scores', 'labels'], ['labels', 'scores']",
        ),
        (lambda m: m.metadata.clear(), "model: number of metadata: 1, 0"),
        (change("metadata", [Metadata("n", Buffer())], of=lambda m: m), "metadata 0: name: m, n"),
        (
            change("metadata", [Metadata("m", Buffer())], of=lambda m: m),
            "metadata 0: contents: 9 bytes, at 0 00 01 02 03 04 05 06 07, none",
        ),
        (change("description", "", of=lambda m: m), "model: description: None, "),
        (change("tail", b"zip", of=lambda m: m), "model: tail: b'', b'zip'"),
        (change("meta", {"version": 2}, of=lambda m: m), "model: meta version: None, 2"),
        (change("buffers", [Buffer()], of=lambda m: m), "model: number of buffers: 0, 1"),
    ],
)
def test_a_difference_is_named(edit, line) -> None:
    a, b = model(), model()
    assert differences(a, b) == []
    edit(b)
    assert line in differences(a, b)[0]
    assert differences(b, a)


def test_bits_count_and_not_values() -> None:
    a, b = model(), model()
    for edited in (a, b):
        alpha(float("nan"))(edited)
        edited.main.values[1].buffer = Buffer(np.float32([np.nan, 0, 0, 0]))
    assert differences(a, b) == []
    b.main.values[1].buffer = Buffer(np.float32([np.nan, -0.0, 0, 0]))
    assert len(differences(a, b)) == 1
    a, b = model(), model()
    alpha(0.0)(a)
    alpha(-0.0)(b)
    assert len(differences(a, b)) == 1


def test_a_type_is_part_of_a_value() -> None:
    a, b = model(), model()
    a.meta, b.meta = {"a": (1, 0)}, {"a": (True, 0)}
    assert differences(a, b) == ["model: meta a: (1, 0), (True, 0)"]


def test_contents_that_are_nothing_and_none_differ() -> None:
    a, b = model(), model()
    a.main.values[0].buffer, b.main.values[0].buffer = Buffer(), Buffer(np.empty(0, np.uint8))
    assert len(differences(a, b)) == 1


def test_facts_of_the_file_may_be_left_out() -> None:
    a, b = model(), model()
    b.meta, b.buffers = {"version": 2}, [Buffer()]
    b.main.meta, b.main.values[0].meta, b.main.nodes[0].meta = {"a": 1}, {"a": 1}, {"a": 1}
    assert len(differences(a, b)) == 5
    assert differences(a, b, file_facts=False) == []


def test_comparing_stops_at_the_limit() -> None:
    a, b = model(), model()
    for value in b.main.values:
        value.name += "_"
    assert len(differences(a, b)) == 5
    assert differences(a, b, limit=2) == ["graph 0 tensor 0 'x': name: x, x_", "graph 0 tensor 1 'c': name: c, c_"]


def test_a_clone_is_the_same() -> None:
    a = model()
    assert differences(a, a.clone()) == []
