import json

import numpy as np
import pytest

import intact
from digits import int8, sample
from intact.arith.rounding import multiply
from intact.errors import UncoveredError, UsageError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import UnknownOp
from intact.ir.site import KERNELS, Kernel
from intact.ir.text import parse
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.add import Add
from intact.ops.control_flow import If
from intact.ops.mul import Mul
from shift import shift_register


def test_the_parameters_of_a_convolution() -> None:
    found = intact.explain(int8(), op=0)
    assert (found.operator, found.profile.name) == ("CONV_2D", "litert-reference")
    assert [r.name for r in found.rules] == ["double-away"]
    assert found.attributes["fused_activation_function"] in {"NONE", "RELU"}
    assert set(found.operands) == {"input", "filter", "bias"}
    factor = found.parameters["weighted.requantize.factor"]
    scales = [np.float64(np.float32(s)) for s in found.operands["filter"]["scale"]]
    x, y = (np.float64(np.float32(v["scale"])) for v in (found.operands["input"], found.results["output"]))
    np.testing.assert_array_equal(factor, [x * s / y for s in scales])
    multiplier, shift = (found.parameters[f"weighted.requantize.{n}"] for n in ("multiplier", "shift"))
    np.testing.assert_allclose(multiplier / 2.0**31 * 2.0**shift, factor, rtol=2**-30)
    assert found.accumulator is not None
    assert found.accumulator.fits_int32
    json.dumps(found.as_dict(), allow_nan=False)


def test_the_bounds_are_reached_and_never_passed() -> None:
    model = int8()
    found = intact.explain(model, op=6)
    weights = model.main.nodes[6].inputs[1].array.astype(np.int64)
    bias = model.main.nodes[6].inputs[2].array
    zero = found.operands["input"]["zero_point"]
    channel = found.accumulator.channel
    worst = np.where(weights[channel] > 0, 127, -128)
    high = int(((worst - zero) * weights[channel]).sum() + bias[channel])
    low = int(((-1 - worst - zero) * weights[channel]).sum() + bias[channel])
    assert found.accumulator.low <= low
    assert high <= found.accumulator.high
    assert found.accumulator.high == high or found.accumulator.low == low


def test_one_element_worked_out() -> None:
    model = int8()
    found = intact.explain(model, tensor="probabilities", inputs={"image": sample()})
    low, high = found.ranges["clamped"]
    assert -128 <= low <= high <= 127
    dense = intact.explain(model, op=6, at=(0, 3), inputs={"image": sample()})
    element = dense.element
    assert element is not None
    stages = element.stages
    assert stages["products"] == sum(
        (t.input - element.input_zero_point) * (t.weight - element.weight_zero_point) for t in element.terms
    )
    assert stages["accumulator"] == stages["products"] + (element.bias or 0)
    assert stages["offset"] == stages["shifted"] + dense.parameters["weighted.requantize.zero_point"]
    assert stages["clamped"] == min(max(stages["offset"], -128), 127) == element.stored
    assert element.real == pytest.approx(
        dense.results["output"]["scale"] * (element.stored - dense.results["output"]["zero_point"])
    )


@pytest.mark.parametrize("op", [0, 1, 2])
def test_the_terms_of_convolutions(op: int) -> None:
    model = int8()
    shape = model.main.nodes[op].outputs[0].shape
    rng = np.random.default_rng(0)
    for _ in range(5):
        at = tuple(int(rng.integers(0, s)) for s in shape)
        element = intact.explain(model, op=op, at=at, inputs={"image": sample()}).element
        assert element is not None
        assert element.terms
        total = sum(
            (t.input - element.input_zero_point) * (t.weight - element.weight_zero_point) for t in element.terms
        )
        assert total == element.stages["products"]


def test_the_steps_are_those_of_the_rule() -> None:
    found = intact.explain(int8(), op=0, at=(0, 1, 1, 2), inputs={"image": sample()})
    stages = found.element.stages
    multiplier = found.parameters["weighted.requantize.multiplier"][2]
    shift = found.parameters["weighted.requantize.shift"][2]
    assert stages["shifted"] == int(multiply(np.array([stages["accumulator"]]), multiplier, shift)[0])
    assert stages["multiplied"] == (stages["accumulator"] * int(multiplier) + 2**30) >> 31


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({}, "named by its position or by its result"),
        ({"op": 99}, "there is no operator 99; expected 0 to 7"),
        ({"tensor": "nothing"}, "there is no tensor 'nothing'"),
        ({"tensor": "image"}, "tensor 'image' is an input or a constant; expected a result"),
        ({"op": 0, "at": (0, 0, 0, 0)}, "an element is asked for and no input is given"),
        ({"op": "14"}, "op is '14'; expected an integer"),
        ({"op": 0, "graph": 1}, "there is no graph 1; expected 0 to 0"),
        ({"op": 0, "profile": None}, "the profile is None; expected a Profile, a name"),
        ({"op": 0, "at": (0, 3.5)}, "an index of `at` is 3.5; expected an integer"),
        ({"op": 0, "at": 3}, "at is 3; expected a sequence of integers"),
        ({"op": 0, "at": (0, 99, 0, 0), "inputs": {"image": sample()}}, r"there is no element \[0, 99, 0, 0\]"),
    ],
)
def test_what_cannot_be_explained(asked: dict, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        intact.explain(int8(), **asked)


def test_float_operators_have_no_integers() -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = RELU(%x)\n}")
    with pytest.raises(UncoveredError, match="node 0 RELU has no integers to explain"):
        intact.explain(model, op=0)


FLAG, CODED = TensorType(DType.BOOL, (1,)), TensorType(DType.INT8, (1, 3), quant=QuantParams.per_tensor(0.1, 3))


def choice() -> Model:
    """IF over codes: added to themselves or squared; a further graph that nothing calls has a result named twice."""
    graph, bodies = Graph(), []
    for op, name in ((Add(), "twice"), (Mul(), "square"), (Add(), "square")):
        body = Graph(name)
        x, y = (body.add_value(Value(n, CODED)) for n in ("x", name))
        body.add_node(Node(op, [x, x], [y], version=2))
        body.inputs, body.outputs = [x], [y]
        bodies.append(body)
    graph.inputs = [graph.add_value(Value("c", FLAG)), graph.add_value(Value("x", CODED))]
    graph.outputs = [graph.add_value(Value("y", CODED))]
    graph.add_node(Node(If(), graph.inputs, graph.outputs, subgraphs=tuple(bodies[:2])))
    return Model(graphs=[graph, *bodies])


def test_operators_of_other_graphs() -> None:
    model, x = choice(), np.array([[1, 2, 3]], np.int8)
    inputs = {"c": np.array([True]), "x": x}
    found = intact.explain(model, op=0, graph=1, at=(0, 2), inputs=inputs)
    assert (found.graph, found.operator, found.element.stored) == (1, "ADD", 3)
    assert intact.explain(model, tensor="twice").graph == 1
    with pytest.raises(
        UsageError, match="tensor 'square' is a result in several graphs; expected one of the graphs 2, 3"
    ):
        intact.explain(model, tensor="square")
    assert intact.explain(model, tensor="square", graph=2).operator == "MUL"
    with pytest.raises(UsageError, match="MUL does not run for these inputs: its branch is not taken"):
        intact.explain(model, op=0, graph=2, inputs=inputs)
    assert intact.explain(model, op=0, graph=3, inputs={"x": x}).ranges["clamped"] == (-1, 3)
    found = intact.check_kernel(model, lambda *_: np.zeros((1, 3)), inputs, op=0, graph=1)
    assert not found.equal


def test_operators_without_results() -> None:
    model = shift_register()
    x = {"x": np.zeros((1, 3), np.int8)}
    names = [n.op.name for n in model.main.nodes]
    for name in ("CALL_ONCE", "ASSIGN_VARIABLE"):
        found = intact.explain(model, op=names.index(name), inputs=x)
        assert (found.operator, found.element) == (name, None)
        with pytest.raises(UsageError, match=f"{name} has no result to take an element of"):
            intact.explain(model, op=names.index(name), at=(0, 0), inputs=x)
        with pytest.raises(UncoveredError, match=f"{name} has no integers to check against"):
            intact.check_kernel(model, lambda *_: x, x, op=names.index(name))


@pytest.mark.parametrize(("size", "said"), [(3, "010203"), (100, "100 bytes")])
def test_attributes_that_are_bytes(size: int, said: str) -> None:
    options = bytes(range(1, size + 1))
    op = UnknownOp("CUSTOM", custom_code="Mine", fields=(("a", (1, options)),), custom_options=options)
    KERNELS[op.name] = Kernel(prepare=lambda *_: None, compute=lambda *given: given[-1:])
    graph = Graph()
    x, y = (graph.add_value(Value(n, CODED)) for n in "xy")
    graph.add_node(Node(op, [x], [y]))
    graph.inputs, graph.outputs = [x], [y]
    try:
        found = intact.explain(Model(graphs=[graph]), op=0).as_dict()
    finally:
        del KERNELS[op.name]
    assert found["attributes"]["custom_options"] == said
    assert found["attributes"]["fields"] == [["a", [1, said]]]
    json.dumps(found, allow_nan=False)
