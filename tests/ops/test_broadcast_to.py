from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.broadcast_to import BroadcastTo
from integer import Integer
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(BroadcastTo(), [(1, 3), ints(2, 4, 3)], version=2),
    Case(BroadcastTo(), [(2, 1, 3), ints(2, 5, 3, dtype="int64")], version=2),
    Case(BroadcastTo(), [(), ints(2, 2)], version=2),
    Case(BroadcastTo(), [(), ints()], version=2),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    whole = draw(shapes(1, 5, 4))
    left = draw(st.integers(0, len(whole)))
    part = tuple(draw(st.sampled_from([1, size])) for size in whole[left:])
    x = draw(operands(part, dtype))
    return Integer(BroadcastTo(), [x, vector(whole, draw(st.sampled_from(["int32", "int64"])))], like(x), version=2)


INTEGERS = [(f"BROADCAST_TO-{dtype}", integers(dtype)) for dtype in TYPES]


def test_computed_shape() -> None:
    values = Case(BroadcastTo(), [(1, 3), Input((2,), DType.INT32)]).model().main.inputs
    assert infer(BroadcastTo(), values)[0].shape is None


def test_refuses_other_sizes() -> None:
    for shape in ([4, 2], [3]):
        text = f"shape [1, 3] does not broadcast to {shape}; expected 1 or equal sizes. [E201]"
        assert refusal(BroadcastTo(), (1, 3), ints(*shape)) == text
