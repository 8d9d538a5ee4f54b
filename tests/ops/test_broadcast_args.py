from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.types import DType
from intact.ops.broadcast_args import BroadcastArgs
from integer import Codes, Integer
from moved import shapes, vector

CASES = [
    Case(BroadcastArgs(), [Input((3,), DType.INT32, low=2, high=3), ints(2, 1)]),
    Case(BroadcastArgs(), [ints(1, 2, dtype="int64"), Input((1,), DType.INT64, low=1, high=2)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    whole = draw(shapes(1, 5))
    parts = [[draw(st.sampled_from([1, size])) for size in whole[draw(st.integers(0, len(whole) - 1)) :]]]
    parts.append(list(whole))
    first, second = draw(st.permutations(parts))
    # Of two constants LiteRT computes the result when it loads the model; of codes it would not know the range.
    return Integer(BroadcastArgs(), [vector(first, dtype), vector(second, dtype)], Codes((), dtype, None))


INTEGERS = [(f"BROADCAST_ARGS-{dtype}", integers(dtype)) for dtype in ("int32", "int64")]


def test_refuses_what_is_no_shape() -> None:
    assert (
        refusal(BroadcastArgs(), ints(1).reshape(1, 1), ints(1)) == "s0 has shape [1, 1]; expected 1 dimensions. [E201]"
    )
    text = "operands have types int32, int64; expected one type. [E202]"
    assert refusal(BroadcastArgs(), ints(1), ints(1, dtype="int64")) == text
