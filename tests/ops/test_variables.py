import numpy as np
import pytest

from case import Case
from intact.diagnose.certify import certify
from intact.engines.exact import Exact
from intact.errors import EngineError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import infer
from intact.ir.types import DType, TensorType
from intact.ir.verify import verify
from intact.ops.variables import AssignVariable, ReadVariable, VarHandle
from integer import PROFILES
from shift import shift_register

CASES: list[Case] = []  # a handle means nothing apart from those who read and assign


def test_what_is_read_is_what_the_file_says() -> None:
    graph = Graph()
    (handle,) = graph.emit(VarHandle(shared_name="state"), [], "handle")
    assert handle.type == TensorType(DType.RESOURCE, ())
    read = graph.add_value(Value("read", TensorType(DType.FLOAT32, (2, 3))))
    graph.add_node(Node(ReadVariable(), [handle], [read]))
    assert graph.emit(AssignVariable(), [handle, read], "none") == ()
    graph.outputs = [read]
    assert infer(ReadVariable(), [handle]) == ()
    assert verify(Model(graphs=[graph])) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_contents_stay_from_one_run_to_the_next(profile: str) -> None:
    found = certify(shift_register(), profile, count=5)
    assert (found.values, found.differing, found.on_litert, found.gaps) == (45, 0, 0, [])


def test_reset_forgets_and_starts_anew() -> None:
    engine = Exact(shift_register())
    runs = [engine.run({"x": np.full((1, 3), i, np.int8)})["y"].tolist() for i in range(3)]
    assert runs == [[[5, 4, 3]], [[0, 0, 0]], [[1, 1, 1]]]
    engine.reset()
    assert engine.run({"x": np.zeros((1, 3), np.int8)})["y"].tolist() == [[5, 4, 3]]


def test_reading_before_anything_was_assigned() -> None:
    with pytest.raises(EngineError, match="nothing was assigned to the variable"):
        Exact(shift_register(start=False)).run({"x": np.zeros((1, 3), np.int8)})


def test_a_variable_has_the_same_number_wherever_it_is_named() -> None:
    graph = Graph()
    names = [("", "a"), ("", "b"), ("c", "a"), ("", "a")]
    graph.outputs = [
        graph.emit(VarHandle(container=c, shared_name=n), [], f"h{i}")[0] for i, (c, n) in enumerate(names)
    ]
    found = Exact(Model(graphs=[graph])).run({})
    assert [int(number) for number in found.values()] == [0, 1, 2, 0]
