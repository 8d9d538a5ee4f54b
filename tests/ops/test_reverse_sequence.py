from hypothesis import strategies as st

from case import Case, ints, refusal
from intact.ops.reverse_sequence import ReverseSequence
from integer import Codes, Integer
from moved import all_but, like, operands, shapes

CASES = [
    Case(ReverseSequence(seq_dim=1), [(2, 4, 3), ints(3, 4)]),
    Case(ReverseSequence(seq_dim=0, batch_dim=2), [(4, 2, 3), ints(3, 4, 1, dtype="int64")]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(2, 4)), dtype))
    seq, batch = draw(st.permutations(range(len(x.shape))))[:2]
    lengths = Codes((x.shape[batch],), draw(st.sampled_from(["int32", "int64"])), None, low=1, high=x.shape[seq])
    return Integer(ReverseSequence(seq_dim=seq, batch_dim=batch), [x, lengths], like(x))


INTEGERS = [(f"REVERSE_SEQUENCE-{dtype}", integers(dtype)) for dtype in all_but("int8", "bool")]


def test_refuses_dimensions_that_are_not_two() -> None:
    for op in (ReverseSequence(), ReverseSequence(seq_dim=2), ReverseSequence(seq_dim=1, batch_dim=-1)):
        text = f"seq_dim is {op.seq_dim}, batch_dim {op.batch_dim}; expected two of the dimensions 0 to 1. [E207]"
        assert refusal(op, (2, 4), ints(3, 4)) == text
    assert (
        refusal(ReverseSequence(seq_dim=1), (2, 4), ints(3)) == "seq_lengths has shape [1]; expected shape [2]. [E201]"
    )
