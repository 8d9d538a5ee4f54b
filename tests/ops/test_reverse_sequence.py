from case import Case, ints, refusal
from intact.ops.reverse_sequence import ReverseSequence

CASES = [
    Case(ReverseSequence(seq_dim=1), [(2, 4, 3), ints(3, 4)]),
    Case(ReverseSequence(seq_dim=0, batch_dim=2), [(4, 2, 3), ints(3, 4, 1, dtype="int64")]),
]


def test_refuses_dimensions_that_are_not_two() -> None:
    for op in (ReverseSequence(), ReverseSequence(seq_dim=2), ReverseSequence(seq_dim=1, batch_dim=-1)):
        text = f"seq_dim is {op.seq_dim}, batch_dim {op.batch_dim}; expected two of the dimensions 0 to 1. [E207]"
        assert refusal(op, (2, 4), ints(3, 4)) == text
    assert (
        refusal(ReverseSequence(seq_dim=1), (2, 4), ints(3)) == "seq_lengths has shape [1]; expected shape [2]. [E201]"
    )
