from case import Case, Input, ints, refusal
from intact.ir.types import DType
from intact.ops.gather_nd import GatherNd

CASES = [
    Case(GatherNd(), [(4, 4, 3), Input((5, 2), DType.INT32, low=0, high=4)]),
    Case(GatherNd(), [(4, 3), ints(0, 1, 2, 2).reshape(2, 2)]),
    Case(GatherNd(), [(4, 3), ints(2)]),
    Case(GatherNd(), [(4, 3), ints(3, 1, 2, 0, dtype="int64").reshape(2, 2, 1)]),
]


def test_refuses_indices_longer_than_there_are_dimensions() -> None:
    text = (
        "indices have shape [2, 3], params [4, 3]; expected rows of at most as many indices as params has dimensions."
    )
    assert refusal(GatherNd(), (4, 3), Input((2, 3), DType.INT32)) == text + " [E201]"
    assert "expected rows" in refusal(GatherNd(), (), ints(0))
    assert "expected rows" in refusal(GatherNd(), (4, 3), ints(0).reshape(()))
