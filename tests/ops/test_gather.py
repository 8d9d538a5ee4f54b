from case import Case, Input, ints, refusal, weights
from intact.ir.types import DType
from intact.ops.gather import Gather

POSITIONS = Input((2, 3), DType.INT32, low=0, high=4)

CASES = [
    Case(Gather(axis=1), [(2, 4, 3), ints(3, 0, 0)]),
    Case(Gather(), [weights(4, 8), POSITIONS]),
    Case(Gather(axis=-1), [(2, 3, 4), POSITIONS]),
    Case(Gather(axis=1, batch_dims=1), [(2, 4, 5), POSITIONS], version=5),
    Case(Gather(axis=2, batch_dims=-1), [(2, 3, 4), ints(3, 0, 1, 2, 2, 0).reshape(2, 3)], version=5),
    Case(Gather(), [(4, 2), ints(2).reshape(())]),
    Case(Gather(), [(4, 2), ints(2, 1, dtype="int64")]),
]


def test_refuses_batches_that_do_not_match() -> None:
    text = "input has shape [2, 4], positions [3, 1]; expected the same first 1 sizes. [E201]"
    assert refusal(Gather(axis=1, batch_dims=1), (2, 4), Input((3, 1), DType.INT32)) == text
    text = "batch_dims is {}; expected at most {}, before the axis and within positions. [E207]"
    assert refusal(Gather(batch_dims=1), (2, 4), Input((2, 1), DType.INT32)) == text.format(1, 0)
    assert refusal(Gather(axis=2, batch_dims=2), (2, 4, 3), ints(0)) == text.format(2, 1)
    assert refusal(Gather(axis=2), (2, 4), ints(0)) == "axis is 2; expected -2 <= axis < 2. [E207]"
