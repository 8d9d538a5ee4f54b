from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.split import Split, SplitV
from integer import Integer
from moved import all_but, like, operands, shapes, vector

CASES = [
    Case(Split(num_splits=2), [ints(3), (1, 4, 4, 6)]),
    Case(Split(num_splits=3), [ints(-1).reshape(()), (2, 6)]),
    Case(Split(num_splits=1), [ints(0), (2, 6)]),
    Case(SplitV(num_splits=3), [(1, 4, 4, 6), ints(1, 2, 3), ints(3)]),
    Case(SplitV(num_splits=2), [(2, 6), ints(-1, 2), ints(1)]),
    Case(SplitV(num_splits=2), [(2, 6), ints(4, 2), ints(-1)]),
    Case(SplitV(num_splits=2), [(2, 6), ints(4, 2, dtype="int64"), ints(1)]),
]


@st.composite
def equal_parts(draw: st.DrawFn, dtype: str) -> Integer:
    shape, parts = list(draw(shapes(1, 4))), draw(st.integers(1, 4))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    shape[axis] *= parts
    x = draw(operands(tuple(shape), dtype))
    return Integer(Split(num_splits=parts), [vector(axis), x], [like(x)] * parts)


@st.composite
def given_parts(draw: st.DrawFn, dtype: str) -> Integer:
    shape = list(draw(shapes(1, 4)))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    shape[axis] = sum(sizes)
    if draw(st.booleans()):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    x = draw(operands(tuple(shape), dtype))
    return Integer(SplitV(num_splits=len(sizes)), [x, vector(sizes), vector(axis)], [like(x)] * len(sizes))


INTEGERS = [
    *((f"SPLIT-{dtype}", equal_parts(dtype)) for dtype in all_but("bool")),
    *((f"SPLIT_V-{dtype}", given_parts(dtype)) for dtype in all_but("bool")),
]


def test_computed_dimension() -> None:
    axis = Input((1,), DType.INT32)
    values = Case(Split(num_splits=2), [axis, (2, 6)]).model().main.nodes[0].inputs
    assert [t.shape for t in infer(Split(num_splits=2), values)] == [None, None]
    values = Case(SplitV(num_splits=2), [(2, 6), ints(1, 5), axis]).model().main.nodes[0].inputs
    assert [t.shape for t in infer(SplitV(num_splits=2), values)] == [None, None]


def test_refuses_parts_that_do_not_make_the_whole() -> None:
    text = "{} parts of a dimension of 6; expected parts of equal size. [E207]"
    assert refusal(Split(num_splits=4), ints(1), (2, 6)) == text.format(4)
    assert refusal(Split(num_splits=0), ints(1), (2, 6)) == text.format(0)
    text = "parts of {} of a dimension of 6; expected a sum of 6, at most one -1. [E201]"
    for sizes in ([1, 2], [-1, 7], [-1, -1]):
        assert refusal(SplitV(num_splits=2), (2, 6), ints(*sizes), ints(1)) == text.format(sizes)
    text = "size_splits has shape [2]; expected shape [3]. [E201]"
    assert refusal(SplitV(num_splits=3), (2, 6), ints(2, 4), ints(1)) == text
