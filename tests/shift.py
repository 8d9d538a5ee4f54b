"""A model that keeps what it was given until the next run."""

import numpy as np

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.types import DType, QuantParams, TensorType
from intact.ops.control_flow import CallOnce
from intact.ops.reverse_v2 import ReverseV2
from intact.ops.variables import AssignVariable, ReadVariable, VarHandle

CODED = TensorType(DType.INT8, (1, 3), quant=QuantParams.per_tensor(0.1, 3))


def shift_register(start: bool = True) -> Model:
    """y = what was given in the run before; at first what CALL_ONCE assigns, where `start` says so."""
    first = Graph("first")
    (handle,) = first.emit(VarHandle(shared_name="state"), [], "handle")
    codes = first.add_value(Value.constant("zero", np.array([[3, 4, 5]], np.int8), CODED.quant))
    first.add_node(Node(AssignVariable(), [handle, codes], []))
    graph = Graph()
    x = graph.add_value(Value("x", CODED))
    graph.inputs = [x]
    if start:
        graph.add_node(Node(CallOnce(), [], [], subgraphs=(first,)))
    (handle,) = graph.emit(VarHandle(shared_name="state"), [], "handle")
    read, y = (graph.add_value(Value(name, CODED)) for name in ("read", "y"))
    graph.add_node(Node(ReadVariable(), [handle], [read]))
    graph.add_node(Node(AssignVariable(), [handle, x], []))
    axis = graph.add_value(Value.constant("axis", np.array([1], np.int32)))
    graph.add_node(Node(ReverseV2(), [read, axis], [y], version=3))
    graph.outputs = [y]
    return Model(graphs=[graph, first] if start else [graph])
