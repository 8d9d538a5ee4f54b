import numpy as np
import pytest

import intact
from digits import int8
from intact.engines.exact import Exact
from intact.errors import UsageError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.control_flow import If
from intact.ops.fully_connected import FullyConnected
from intact.ops.relu import Relu
from integer import Codes, Constant, Integer
from recurrent import streaming


def tie() -> Model:
    """A dense layer whose accumulators are half steps: every rule rounds them its own way."""
    weights = Constant(np.array([[1], [3], [-1], [-3]], np.int8), 0.5)
    return Integer(
        FullyConnected(), [Codes((1, 1), "int8", 1.0, low=1, high=1), weights], Codes((), "int8", 1.0), version=4
    ).model()


def test_ties_are_where_rules_differ() -> None:
    found = intact.diff_runtimes(
        tie(), ["litert-reference", "litert-optimized", "litert-xnnpack"], [{"x0": np.ones((1, 1), np.int8)}]
    )
    assert found.base.name == "litert-reference"
    up, even = found.others
    assert [(t.operator, t.differing, t.largest) for t in up.operators] == [("FULLY_CONNECTED", 2, 1.0)]
    # 0.5, 1.5, -0.5, -1.5 to the nearest even: 0, 2, 0, -2; away from zero: 1, 2, -1, -2.
    assert [(t.differing, t.largest) for t in even.outputs] == [(2, 1.0)]
    assert up.operators[0].first == (0, 0, (0, 2))


def test_a_model_on_all_runtimes() -> None:
    found = intact.diff_runtimes(int8(), count=2)
    assert [d.profile.name for d in found.others] == [
        "litert-optimized", "litert-xnnpack", "tflm-reference", "cmsis-nn", "gemmlowp",
    ]  # fmt: skip
    assert found.samples == 2
    again = intact.diff_runtimes(int8(), count=2)
    assert found.as_dict() == again.as_dict()


def test_two_profiles_are_needed() -> None:
    with pytest.raises(UsageError, match="1 profiles are given; expected two or more"):
        intact.diff_runtimes(int8(), ["litert-reference"])


def test_state_is_compared_and_carried() -> None:
    model = streaming().model()
    same = intact.diff_runtimes(model, ["litert-reference", "litert-reference"], count=3)
    (tally,) = same.others[0].operators
    assert (tally.operator, tally.values, tally.differing) == ("SVDF", 3 * (10 + 40), 0)


def test_state_that_differs_is_charged_to_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Exact.compute

    def compute(self: Exact, node: Node, *arguments: object) -> list[np.ndarray]:
        results = right(self, node, *arguments)
        if self.profile.name == "litert-optimized":
            self.keep({node.inputs[4]: np.full((1, 40), 9, np.int16)})
        return results

    monkeypatch.setattr(intact.engines.exact, "kernels", lambda: None)
    monkeypatch.setattr(Exact, "compute", compute)
    found = intact.diff_runtimes(streaming().model(), ["litert-reference", "litert-optimized"], count=3)
    (tally,) = found.others[0].operators
    assert 0 < tally.differing <= 3 * 40, "the state alone: each run begins with the first profile's"
    assert tally.first is not None
    assert tally.first[1] == 1


def test_operators_that_control_flow_runs() -> None:
    bodies = [Graph(name) for name in ("then", "else")]
    coded = TensorType(DType.INT8, (1, 4), quant=QuantParams.per_tensor(0.1, 0))
    for body in bodies:
        body.inputs = [body.add_value(Value("x", coded))]
        body.outputs = [body.add_value(Value("y", coded))]
        body.add_node(Node(Relu(), body.inputs, body.outputs))
    graph = Graph("main")
    graph.inputs = [graph.add_value(Value("c", TensorType(DType.BOOL, ()))), graph.add_value(Value("x", coded))]
    graph.outputs = [graph.add_value(Value("y", coded))]
    graph.add_node(Node(If(), graph.inputs, graph.outputs, subgraphs=tuple(bodies)))
    entries = [SignatureDef(g.name, g, {"x": g.inputs[-1]}, {"y": g.outputs[0]}) for g in (graph, bodies[1])]
    model = Model(graphs=[graph, *bodies], signatures=entries)
    sample = {"c": np.array(True), "x": np.zeros((1, 4), np.int8)}
    found = intact.diff_runtimes(model, ["litert-reference", "cmsis-nn"], [sample])
    assert [(t.graph, t.operator, t.values) for t in found.others[0].operators] == [(1, "RELU", 4)]
    assert [str(n) for n in found.not_compared] == [
        "signature 'else': not asked for",
        "node 0 of graph 2 RELU: did not run on these samples",
    ]
    other = intact.diff_runtimes(model, ["litert-reference", "cmsis-nn"], count=1, signature="else")
    assert [(t.graph, t.operator) for t in other.others[0].operators] == [(2, "RELU")]
