from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.split import Split, SplitV

CASES = [
    Case(Split(num_splits=2), [ints(3), (1, 4, 4, 6)]),
    Case(Split(num_splits=3), [ints(-1).reshape(()), (2, 6)]),
    Case(Split(num_splits=1), [ints(0), (2, 6)]),
    Case(SplitV(num_splits=3), [(1, 4, 4, 6), ints(1, 2, 3), ints(3)]),
    Case(SplitV(num_splits=2), [(2, 6), ints(-1, 2), ints(1)]),
    Case(SplitV(num_splits=2), [(2, 6), ints(4, 2), ints(-1)]),
    Case(SplitV(num_splits=2), [(2, 6), ints(4, 2, dtype="int64"), ints(1)]),
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
