"""certify finds what was altered by one, and charges it to the operator."""

from collections.abc import Callable

import numpy as np
import pytest

import intact
from digits import int8, sample
from intact.engines.exact import Exact
from intact.engines.islands import Island
from intact.engines.machine import described
from intact.errors import EngineError, UsageError
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.text import parse
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.add import Add
from intact.ops.dequantize import Dequantize
from intact.ops.reverse_v2 import ReverseV2
from intact.ops.softmax import Softmax
from integer import PROFILES, Codes, Constant, Integer
from recurrent import streaming
from shift import shift_register


def altered(which: str) -> tuple[Model, int]:
    """The classifier with one number changed, and the operator whose it is."""
    model = int8().clone()
    node = model.main.nodes[2]
    assert node.op.name == "CONV_2D"
    value = node.inputs[1]
    assert value is not None
    if which == "weight":
        contents = value.array
        assert contents is not None
        changed = contents.copy()
        changed.reshape(-1)[7] += 1 if changed.reshape(-1)[7] < 127 else -1
        value.buffer = Buffer(changed)
    elif which == "scale":
        _set(value, scale=np.nextafter(value.quant.scale, np.float32(1)) * np.float32(1.01))
    else:
        _set(node.outputs[0], zero_point=node.outputs[0].quant.zero_point + 1)
    return model, 2


def _set(value: Value, **changes: np.ndarray) -> None:
    old = value.quant
    assert old is not None
    fields = {"scale": old.scale, "zero_point": old.zero_point, "quantized_dimension": old.quantized_dimension}
    value.type = TensorType(value.dtype, value.shape, value.type.signature, QuantParams(**{**fields, **changes}))


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized", "litert-xnnpack"])
def test_nothing_differs(profile: str) -> None:
    found = intact.certify(int8(), profile, [{"image": np.full((1, 8, 8, 1), -5, np.int8)}])
    assert (found.differing, found.gaps, found.samples) == (0, [], 1)
    assert len(found.tallies) == len(int8().main.nodes)
    assert all(t.values > 0 for t in found.tallies)
    assert found.runtime == described()
    assert {"litert", "machine", "instructions"} <= set(found.runtime)


@pytest.mark.parametrize("which", ["weight", "scale", "zero point"])
def test_one_number_that_is_not_the_same(which: str) -> None:
    model, index = altered(which)
    found = intact.certify(model, count=4, oracle=int8())
    first = next(t for t in found.tallies if t.differing)
    assert (first.index, first.operator) == (index, "CONV_2D")
    assert first.first is not None
    # The operators behind it read what LiteRT computed, so they differ only where they share the altered parameter.
    assert sum(1 for t in found.tallies if t.differing) <= (1 if which != "zero point" else 2)


def test_random_samples_are_the_same_every_time() -> None:
    first, second = (intact.certify(int8(), count=2, seed=5).as_dict() for _ in range(2))
    for found in (first, second):
        assert found.pop("seconds").keys() == {"litert", "engine", "all"}
    assert first == second


def test_float_operators_run_on_litert() -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = SIN(%x)\n}")
    found = intact.certify(model, count=2)
    assert (found.values, found.differing, found.on_litert, found.gaps) == (8, 0, 1, [])
    assert found.tallies == []


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: intact.certify(int8(), "cmsis-nn"), "profile cmsis-nn is not of a runtime that is here"),
        (lambda: intact.certify(int8(), "ruy"), "there is no profile 'ruy'; expected one of cmsis-nn, gemmlowp"),
        (lambda: intact.certify(int8(), oracle=int8("float32", "int8")), "the oracle has other tensors than the model"),
    ],
)
def test_what_cannot_be_certified(call: Callable[[], object], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        call()


def test_real_samples_too() -> None:
    stored = [np.clip(np.round(sample(i) * 255) - 128, -128, 127).astype(np.int8) for i in range(3)]
    found = intact.certify(int8(), samples=[{"image": image} for image in stored])
    assert (found.samples, found.differing) == (3, 0)
    assert found.values > 0


def faulty(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Exact, Node, list[np.ndarray]], None]) -> None:
    """Lets every application of the exact engine, in NumPy, end with a fault."""
    right = Exact.compute

    def compute(self: Exact, node: Node, *arguments: object) -> list[np.ndarray]:
        results = right(self, node, *arguments)
        fault(self, node, results)
        return results

    monkeypatch.setattr(intact.engines.exact, "kernels", lambda: None)
    monkeypatch.setattr(Exact, "compute", compute)


@pytest.mark.parametrize("profile", PROFILES)
def test_state_is_carried_and_compared(profile: str) -> None:
    found = intact.certify(streaming().model(), profile, count=3, isolate=False)
    (tally,) = found.tallies
    assert (tally.values, found.differing, found.values) == (3 * (10 + 40), 0, 3 * (10 + 40) + 3 * 10)


def test_state_that_is_not_kept_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    model = streaming().model()
    faulty(monkeypatch, lambda engine, node, _: engine.keep({node.inputs[4]: np.full((1, 40), 700, np.int16)}))
    found = intact.certify(model, count=3, isolate=False)
    (tally,), (output,) = found.tallies, found.outputs
    assert tally.differing > 0
    assert tally.first is not None
    assert tally.first[:2] == (0, 1), "the variable counts behind the one result"
    assert output.first is not None
    assert output.first[0] >= 1, "the first run reads nothing that was kept"


def test_resources_that_are_not_kept_show_in_whole_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(engine: Exact, node: Node, _: list[np.ndarray]) -> None:
        if node.op.name == "ASSIGN_VARIABLE":
            for key in [k for k in engine.resources if k[0] == "variable"]:
                engine.resources[key] = np.zeros((1, 3), np.int8)

    faulty(monkeypatch, fault)
    found = intact.certify(shift_register(), count=3, isolate=False)
    assert [t.differing > 0 for t in found.outputs] == [True]
    assert not found.equal
    assert found.bodies == 2
    assert [n.what for n in found.not_compared] == ["CALL_ONCE", "VAR_HANDLE", "ASSIGN_VARIABLE"]


def test_islands_show_in_whole_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = SIN(%x)\n}")
    right = Island.run

    def run(self: Island, known: dict[Value, np.ndarray]) -> None:
        right(self, known)
        known.update({v: np.zeros_like(known[v]) for v in self.makes})

    monkeypatch.setattr(Island, "run", run)
    found = intact.certify(model, count=2, isolate=False)
    assert (found.tallies, found.differing) == ([], 8)


def two_signatures() -> Model:
    """Two entry points that turn codes around."""
    coded = TensorType(DType.INT8, (1, 3), quant=QuantParams.per_tensor(0.1, 3))
    graphs = []
    for name in ("first", "second"):
        graph = Graph(name)
        graph.inputs = [graph.add_value(Value("x", coded))]
        graph.outputs = [graph.add_value(Value("y", coded))]
        axis = graph.add_value(Value.constant("axis", np.array([1], np.int32)))
        graph.add_node(Node(ReverseV2(), [graph.inputs[0], axis], graph.outputs, version=3))
        graphs.append(graph)
    signatures = [SignatureDef(g.name, g, {"in": g.inputs[0]}, {"out": g.outputs[0]}) for g in graphs]
    return Model(graphs=graphs, signatures=signatures)


def test_every_signature_is_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    model = two_signatures()
    found = intact.certify(model, count=2, isolate=False)
    assert [(t.graph, t.values) for t in found.tallies] == [(0, 6), (1, 6)]
    assert [o["entry"] for o in found.as_dict()["outputs"]] == ["signature 'first'", "signature 'second'"]
    (alone,) = intact.certify(model, count=2, signature="second", isolate=False).tallies
    assert alone.graph == 1
    given = intact.certify(model, samples=[{"in": np.zeros((1, 3), np.int8)}], isolate=False)
    assert [str(n) for n in given.not_compared] == ["signature 'second': no samples are given for it"]
    faulty(monkeypatch, lambda _, node, results: results[0].__iadd__(node is model.graphs[1].nodes[0]))
    assert [t.differing for t in intact.certify(model, count=2, isolate=False).tallies] == [0, 6]
    with pytest.raises(UsageError, match="there is no signature 'third'; expected one of first, second"):
        intact.certify(model, signature="third")


def test_operators_without_numbers_are_listed() -> None:
    case = Integer(Dequantize(), [Constant(np.array([[-3, 5]], np.int8), 0.5)], Codes((), "float32", None), version=2)
    model = case.model()
    x = model.main.add_value(Value("x", model.main.outputs[0].type))
    model.main.inputs = [x]
    model.main.outputs = list(model.main.emit(Add(), [x, model.main.outputs[0]], "sum"))
    found = intact.certify(model, "litert-xnnpack", count=1, isolate=False)
    assert (found.tallies, found.values, found.on_litert) == ([], 2, 1)
    (item,) = found.not_compared
    assert str(item).startswith("node 0 of graph 0 DEQUANTIZE: XNNPACK unpacks the constant when it is made")


REMAINDER = "graph main(%n: int32[3], %d: int32[3]) -> (%m) { %m = FLOOR_MOD(%n, %d) }"
"""Refused where a number of d is 0."""


def test_samples_that_litert_refuses_are_drawn_again() -> None:
    found = intact.certify(parse(REMAINDER), count=6)
    assert found.samples == 6
    assert sum(found.refused.values()) > 0
    assert found.differing == 0
    assert all("LiteRT failed" in text for text in found.refused)


def test_nothing_but_refusals() -> None:
    zeros = {"n": np.ones(3, np.int32), "d": np.zeros(3, np.int32)}
    with pytest.raises(EngineError, match="LiteRT refuses every sample, 2 times so: LiteRT failed"):
        intact.certify(parse(REMAINDER), samples=[zeros, zeros])
    one = intact.certify(parse(REMAINDER), samples=[zeros, zeros | {"d": np.ones(3, np.int32)}])
    assert (one.samples, list(one.refused.values())) == (1, [1])


def test_nothing_to_compare() -> None:
    with pytest.raises(UsageError, match="nothing to compare: signature 'serving_default': no samples are given"):
        intact.certify(int8(), samples=[])


def test_strings_cannot_be_drawn() -> None:
    model = parse("graph main(%x: string[2]) -> (%y) { %y: string[2] = RESHAPE(%x) {new_shape=[2]} }")
    with pytest.raises(UsageError, match="random samples cannot be made for input 'x', which is string"):
        intact.certify(model)


def test_a_model_that_kills_litert_is_an_error() -> None:
    x = Codes((1, 512), "int8", 0.1, 0, low=3, high=3)
    case = Integer(Softmax(beta=1.0), [x], Codes((), "int8", 1 / 256, -128), version=2)
    with pytest.raises(EngineError) as caught:
        intact.certify(case.model(), samples=case.samples(1))
    assert caught.value.code == "E503"


def test_where_our_engine_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise EngineError("broke")

    faulty(monkeypatch, fault)
    found = intact.certify(int8(), count=1, isolate=False)
    assert not found.equal
    assert found.failed == {"broke": len(int8().main.nodes), "whole run: broke": 1}


def test_samples_that_are_not_the_inputs_are_said_to_be() -> None:
    with pytest.raises(UsageError, match="input 'image' was given nothing"):
        intact.certify(int8(), samples=[{"picture": np.zeros((1, 8, 8, 1), np.int8)}])
