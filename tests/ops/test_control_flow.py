import numpy as np
import pytest

from case import Case, Input
from intact.diagnose.certify import certify
from intact.engines.exact import Exact
from intact.engines.islands import Island
from intact.engines.plan import Prepared
from intact.errors import ModelError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op, UnknownOp, infer
from intact.ir.types import DType, QuantParams, TensorType
from intact.ir.verify import verify
from intact.ops.add import Add
from intact.ops.control_flow import CallOnce, If, While
from intact.ops.gather import Gather
from intact.ops.reshape import Reshape
from intact.ops.reverse_v2 import ReverseV2
from intact.ops.softmax import Softmax
from integer import PROFILES

VECTOR = TensorType(DType.FLOAT32, (1, 3))
FLAG = TensorType(DType.BOOL, ())


def body(op: Add | Softmax) -> Graph:
    """A graph from one vector to one vector."""
    graph = Graph(op.name)
    x = graph.add_value(Value("x", VECTOR))
    graph.inputs = [x]
    graph.outputs = list(graph.emit(op, [x, x] if isinstance(op, Add) else [x], "y"))
    return graph


def never() -> Graph:
    """A condition that does not hold."""
    graph = Graph("never")
    graph.inputs = [graph.add_value(Value("x", VECTOR))]
    false = graph.add_value(Value.constant("false", np.zeros((1,), np.bool_)))
    graph.outputs = list(graph.emit(Reshape(new_shape=(1,)), [false], "y"))
    return graph


CASES = [
    Case(
        If(), [Input((), DType.BOOL), (1, 3)], results=(VECTOR,), bodies=lambda: (body(Add()), body(Softmax(beta=1.0)))
    ),
    Case(While(), [(1, 3)], bodies=lambda: (never(), body(Add()))),
    Case(CallOnce(), [], bodies=lambda: (Graph("empty"),)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.op.name)
def test_bodies_are_part_of_the_model(case: Case) -> None:
    model = case.model()
    assert verify(model) == []
    assert list(model.main.nodes[0].subgraphs) == model.graphs[1:]


def test_results_of_if_are_the_files() -> None:
    values = CASES[0].model().main.nodes[0].inputs
    assert If.infers == "nothing"
    assert infer(If(), values) == ()


def test_condition_is_bool() -> None:
    with pytest.raises(ModelError, match="cond is float32; expected bool") as caught:
        Case(If(), [(), (1, 3)]).model()
    assert caught.value.code == "E202"


def test_call_once_takes_nothing() -> None:
    with pytest.raises(ModelError, match="CALL_ONCE has 1 operands") as caught:
        Case(CallOnce(), [(1, 3)]).model()
    assert caught.value.code == "E203"


CODED = TensorType(DType.INT8, (1, 3), quant=QuantParams.per_tensor(0.1, 3))


def mover(name: str, *nodes: Op) -> Graph:
    """A graph of int8 codes that applies one operator after the other."""
    graph = Graph(name)
    value = graph.add_value(Value("x", CODED))
    graph.inputs = [value]
    for op in nodes:
        axis = graph.add_value(Value.constant("axis", np.array([1], np.int32)))
        made = graph.add_value(Value(f"y{len(graph.nodes)}", CODED))
        graph.add_node(Node(op, [value, axis], [made], version=3))
        value = made
    graph.outputs = [value]
    return graph


def chosen() -> Model:
    """IF over codes: backward or as they are."""
    graph = Graph()
    graph.inputs = [graph.add_value(Value("c", FLAG)), graph.add_value(Value("x", CODED))]
    bodies = mover("then", ReverseV2()), mover("else", ReverseV2(), ReverseV2())
    graph.outputs = [graph.add_value(Value("y", CODED))]
    graph.add_node(Node(If(), graph.inputs, graph.outputs, subgraphs=bodies))
    return Model(graphs=[graph, *bodies])


def counted() -> Model:
    """WHILE over an index and codes: turns the codes around once for each False that comes before a True in `flags`."""
    index, flags, one = (TensorType(DType.INT32, (1,)), TensorType(DType.BOOL, (5,)), np.array([1], np.int32))
    types = [index, flags, CODED]
    condition, body = Graph("condition"), Graph("body")
    for graph in (condition, body):
        graph.inputs = [graph.add_value(Value(n, t)) for n, t in zip("ifx", types, strict=True)]
    (picked,) = condition.emit(Gather(), condition.inputs[1::-1], "picked")
    condition.outputs = [picked]
    i, f, x = body.inputs
    (more,) = body.emit(Add(), [i, body.add_value(Value.constant("one", one))], "more")
    turned = body.add_value(Value("turned", CODED))
    body.add_node(Node(ReverseV2(), [x, body.add_value(Value.constant("axis", one))], [turned], version=3))
    body.outputs = [more, f, turned]
    graph = Graph()
    graph.inputs = [graph.add_value(Value(n, t)) for n, t in zip("ifx", types, strict=True)]
    graph.outputs = [graph.add_value(Value(f"{n}2", t)) for n, t in zip("ifx", types, strict=True)]
    graph.add_node(Node(While(), graph.inputs, graph.outputs, subgraphs=(condition, body)))
    return Model(graphs=[graph, condition, body])


@pytest.mark.parametrize("profile", PROFILES)
def test_one_of_two_graphs_runs(profile: str) -> None:
    codes = np.array([[1, 2, 3]], np.int8)
    samples = [{"c": np.array(c), "x": codes} for c in (True, False)]
    found = certify(chosen(), profile, samples)
    assert (found.values, found.differing, found.on_litert, found.gaps) == (12, 0, 0, [])
    engine = Exact(chosen(), profile)
    assert [engine.run(sample)["y"].tolist() for sample in samples] == [[[3, 2, 1]], [[1, 2, 3]]]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_graph_runs_while_another_says_so(profile: str) -> None:
    codes = np.array([[1, 2, 3]], np.int8)
    for turns in range(4):
        flags = np.arange(5) < turns
        sample = {"i": np.zeros(1, np.int32), "f": flags, "x": codes}
        found = certify(counted(), profile, [sample])
        assert (found.differing, found.on_litert, found.gaps) == (0, 0, [])
        results = Exact(counted(), profile).run(sample)
        assert results["i2"] == turns
        np.testing.assert_array_equal(results["x2"], codes[:, :: -1 if turns % 2 else 1])


def composite(name: str) -> Model:
    """A composite of floats whose decomposition turns them around."""
    body = Graph("decomposition")
    body.inputs = [body.add_value(Value("x", VECTOR))]
    axis = body.add_value(Value.constant("axis", np.array([1], np.int32)))
    body.outputs = list(body.emit(ReverseV2(), [body.inputs[0], axis], "y"))
    graph = Graph()
    graph.inputs = [graph.add_value(Value("x", VECTOR))]
    graph.outputs = [graph.add_value(Value("y", VECTOR))]
    fields = ("name", name.encode()), ("compositeAttributes", bytes.fromhex("000901"))
    op = UnknownOp("STABLEHLO_COMPOSITE", table="StableHLOCompositeOptions", fields=fields, is_second_union=True)
    graph.add_node(Node(op, graph.inputs, graph.outputs, subgraphs=(body,)))
    return Model(graphs=[graph, body])


@pytest.mark.parametrize("profile", PROFILES)
def test_a_composite_is_its_decomposition(profile: str) -> None:
    found = certify(composite("mine"), profile, count=2)
    assert (found.values, found.differing, found.on_litert, found.gaps) == (12, 0, 0, [])


def test_a_composite_that_xnnpack_has_an_operator_for() -> None:
    model = composite("odml.scaled_dot_product_attention")
    steps = Exact(model, "litert-xnnpack").steps[model.main]
    assert [type(step) for step in steps] == [Island]
    steps = Exact(model, "litert-optimized").steps[model.main]
    assert [type(step) for step in steps] == [Prepared]
