from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.scatter_nd import ScatterNd
from integer import Codes, Integer
from moved import all_but, like, operands, shapes, vector

CASES = [
    Case(ScatterNd(), [ints(1, 3).reshape(2, 1), (2, 3), ints(5, 3)]),
    Case(ScatterNd(), [ints(0, 1, 2, 2).reshape(2, 2), (2,), ints(4, 3)]),
    Case(ScatterNd(), [ints(1, 1).reshape(2, 1), (2,), ints(4)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape, rows = draw(shapes(1, 3)), draw(shapes(1, 2))
    entries = draw(st.integers(1, len(shape)))
    indices = Codes((*rows, entries), "int32", None, low=0, high=min(shape[:entries]) - 1)
    updates = draw(operands((*rows, *shape[entries:]), dtype))
    return Integer(ScatterNd(), [indices, updates, vector(shape)], like(updates))


INTEGERS = [(f"SCATTER_ND-{dtype}", integers(dtype)) for dtype in all_but("int16")]


def test_computed_shape() -> None:
    values = Case(ScatterNd(), [ints(1, 3).reshape(2, 1), (2,), Input((1,), DType.INT32)]).model().main.nodes[0].inputs
    assert infer(ScatterNd(), values)[0].shape is None


def test_refuses_updates_of_another_shape() -> None:
    assert (
        refusal(ScatterNd(), ints(1, 3).reshape(2, 1), (2, 4), ints(5, 3))
        == "indices have shape [2, 1], updates [2, 4], the result [5, 3]; "
        "expected updates.shape == indices.shape[:-1] + shape[indices.shape[-1]:]. [E201]"
    )
