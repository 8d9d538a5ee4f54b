from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.broadcast_to import BroadcastTo

CASES = [
    Case(BroadcastTo(), [(1, 3), ints(2, 4, 3)], version=2),
    Case(BroadcastTo(), [(2, 1, 3), ints(2, 5, 3, dtype="int64")], version=2),
    Case(BroadcastTo(), [(), ints(2, 2)], version=2),
    Case(BroadcastTo(), [(), ints()], version=2),
]


def test_computed_shape() -> None:
    values = Case(BroadcastTo(), [(1, 3), Input((2,), DType.INT32)]).model().main.inputs
    assert infer(BroadcastTo(), values)[0].shape is None


def test_refuses_other_sizes() -> None:
    for shape in ([4, 2], [3]):
        text = f"shape [1, 3] does not broadcast to {shape}; expected 1 or equal sizes. [E201]"
        assert refusal(BroadcastTo(), (1, 3), ints(*shape)) == text
