from case import Case, Input, ints, refusal
from intact.ir.types import DType
from intact.ops.broadcast_args import BroadcastArgs

CASES = [
    Case(BroadcastArgs(), [Input((3,), DType.INT32, low=2, high=3), ints(2, 1)]),
    Case(BroadcastArgs(), [ints(1, 2, dtype="int64"), Input((1,), DType.INT64, low=1, high=2)]),
]


def test_refuses_what_is_no_shape() -> None:
    assert (
        refusal(BroadcastArgs(), ints(1).reshape(1, 1), ints(1)) == "s0 has shape [1, 1]; expected 1 dimensions. [E201]"
    )
    text = "operands have types int32, int64; expected one type. [E202]"
    assert refusal(BroadcastArgs(), ints(1), ints(1, dtype="int64")) == text
