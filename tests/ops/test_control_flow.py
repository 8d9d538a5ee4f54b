import numpy as np
import pytest

from case import Case, Input
from intact.errors import ModelError
from intact.ir.graph import Graph, Value
from intact.ir.op import infer
from intact.ir.types import DType, TensorType
from intact.ir.verify import verify
from intact.ops.add import Add
from intact.ops.control_flow import CallOnce, If, While
from intact.ops.reshape import Reshape
from intact.ops.softmax import Softmax

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
