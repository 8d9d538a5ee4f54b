import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, refusal, weights
from intact.engines.exact import Exact
from intact.errors import EngineError
from intact.ir.types import DType
from intact.ops.gather import Gather
from integer import Codes, Integer
from moved import TYPES, like, operands, shapes

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


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4)), dtype))
    axis = draw(st.integers(0, len(x.shape) - 1))
    batch = draw(st.integers(0, axis))
    shape = (*x.shape[:batch], *draw(shapes(0, 2)))
    picked = Codes(shape, draw(st.sampled_from(["int32", "int64"])), None, low=0, high=x.shape[axis] - 1)
    back = len(x.shape) if draw(st.booleans()) else 0
    return Integer(Gather(axis=axis - back, batch_dims=batch), [x, picked], like(x))


INTEGERS = [(f"GATHER-{dtype}", integers(dtype)) for dtype in TYPES]


def test_refuses_batches_that_do_not_match() -> None:
    text = "input has shape [2, 4], positions [3, 1]; expected the same first 1 sizes. [E201]"
    assert refusal(Gather(axis=1, batch_dims=1), (2, 4), Input((3, 1), DType.INT32)) == text
    text = "batch_dims is {}; expected at most {}, before the axis and within positions. [E207]"
    assert refusal(Gather(batch_dims=1), (2, 4), Input((2, 1), DType.INT32)) == text.format(1, 0)
    assert refusal(Gather(axis=2, batch_dims=2), (2, 4, 3), ints(0)) == text.format(2, 1)
    assert refusal(Gather(axis=2), (2, 4), ints(0)) == "axis is 2; expected -2 <= axis < 2. [E207]"


def test_there_are_no_negative_positions() -> None:
    x = Codes((4, 6), "int8", 0.1, 3)
    case = Integer(Gather(), [x, Codes((2,), "int32", None, low=-2, high=-1)], like(x))
    (sample,) = case.samples(1)
    with pytest.raises(EngineError, match=r"outside of \[0, 4\)"):
        Exact(case.model()).run(sample)
