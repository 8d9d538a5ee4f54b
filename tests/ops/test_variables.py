from case import Case
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import infer
from intact.ir.types import DType, TensorType
from intact.ir.verify import verify
from intact.ops.variables import AssignVariable, ReadVariable, VarHandle

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
