from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.slice import Slice
from integer import Codes, Integer, assert_exact
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(Slice(), [(1, 8, 8, 3), ints(0, 1, 2, 0), ints(1, 4, 3, 3)]),
    Case(Slice(), [(4, 5), ints(1, 2), ints(-1, 2)]),
    Case(Slice(), [(4, 5), ints(1, 2, dtype="int64"), ints(-1, -1, dtype="int64")]),
    Case(Slice(), [(2, 3, 2, 3, 2), ints(0, 1, 0, 1, 0), ints(1, 2, 2, 1, 1)], version=5),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 5)), dtype))
    begin = [draw(st.integers(0, size - 1)) for size in x.shape]
    size = [draw(st.sampled_from([-1, *range(1, whole - b + 1)])) for whole, b in zip(x.shape, begin, strict=True)]
    index = draw(st.sampled_from(["int32", "int64"]))
    return Integer(Slice(), [x, vector(begin, index), vector(size, index)], like(x))


INTEGERS = [(f"SLICE-{dtype}", integers(dtype)) for dtype in TYPES]


def test_computed_corner() -> None:
    values = Case(Slice(), [(4, 5), Input((2,), DType.INT32), ints(1, 1)]).model().main.nodes[0].inputs
    assert infer(Slice(), values)[0].shape is None


def test_a_computed_corner_may_be_declared_too_short() -> None:
    values = Case(Slice(), [(4, 5), Input((1,), DType.INT32), ints(1, 1)]).model().main.nodes[0].inputs
    assert infer(Slice(), values)[0].shape is None


def test_refuses_a_box_that_stands_out() -> None:
    text = "begin [1, 2] and size [4, 1] of shape [4, 5]; expected a box within the tensor. [E201]"
    assert refusal(Slice(), (4, 5), ints(1, 2), ints(4, 1)) == text
    assert "expected a box within the tensor" in refusal(Slice(), (4, 5), ints(5, 0), ints(-1, 1))
    assert refusal(Slice(), (4, 5), ints(0), ints(1, 1)) == "begin has shape [1]; expected shape [2]. [E201]"


def test_a_corner_and_a_size_that_are_computed() -> None:
    x, begin = Codes((4, 5), "int8", 0.1, 3), Codes((2,), "int32", None, low=0, high=2)
    size = Codes((2,), "int32", None, low=1, high=2)
    assert_exact(Integer(Slice(), [x, begin, vector([2, -1])], like(x)))
    assert_exact(Integer(Slice(), [x, begin, size], like(x)))
