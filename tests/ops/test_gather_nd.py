from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.types import DType
from intact.ops.gather_nd import GatherNd
from integer import Codes, Integer
from moved import TYPES, like, operands, shapes

CASES = [
    Case(GatherNd(), [(4, 4, 3), Input((5, 2), DType.INT32, low=0, high=4)]),
    Case(GatherNd(), [(4, 3), ints(0, 1, 2, 2).reshape(2, 2)]),
    Case(GatherNd(), [(4, 3), ints(2)]),
    Case(GatherNd(), [(4, 3), ints(3, 1, 2, 0, dtype="int64").reshape(2, 2, 1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4)), dtype))
    rows, entries = draw(shapes(0, 2)), draw(st.integers(1, len(x.shape)))
    index = draw(st.sampled_from(["int32", "int64"]))
    indices = Codes((*rows, entries), index, None, low=0, high=min(x.shape[:entries]) - 1)
    return Integer(GatherNd(), [x, indices], like(x))


INTEGERS = [(f"GATHER_ND-{dtype}", integers(dtype)) for dtype in TYPES]


def test_refuses_indices_longer_than_there_are_dimensions() -> None:
    text = (
        "indices have shape [2, 3], params [4, 3]; "
        "expected rows of one or more indices, at most as many as params has dimensions."
    )
    assert refusal(GatherNd(), (4, 3), Input((2, 3), DType.INT32)) == text + " [E201]"
    assert "expected rows" in refusal(GatherNd(), (), ints(0))
    assert "expected rows" in refusal(GatherNd(), (4, 3), ints(0).reshape(()))
    assert "expected rows" in refusal(GatherNd(), (4, 3), Input((2, 0), DType.INT32))
