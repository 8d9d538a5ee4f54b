from hypothesis import strategies as st

from case import Case, refusal
from intact.ops.squeeze import Squeeze
from integer import Integer
from moved import TYPES, like, operands, shapes

CASES = [
    Case(Squeeze(), [(1, 3, 1, 2)]),
    Case(Squeeze(squeeze_dims=(2,)), [(1, 3, 1, 2)]),
    Case(Squeeze(squeeze_dims=(0, -2, 0)), [(1, 3, 1, 2)]),
    Case(Squeeze(), [(2, 3)]),
    Case(Squeeze(), [(1, 1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 5, 2)), dtype))
    ones = [axis for axis, size in enumerate(x.shape) if size == 1]
    named = [axis - draw(st.sampled_from([0, len(x.shape)])) for axis in ones if draw(st.booleans())]
    return Integer(Squeeze(squeeze_dims=tuple(named)), [x], like(x))


INTEGERS = [(f"SQUEEZE-{dtype}", integers(dtype)) for dtype in TYPES]


def test_refuses_dimensions_that_hold_more() -> None:
    text = "squeeze_dims [1] of shape [1, 3]; expected dimensions of size 1. [E207]"
    assert refusal(Squeeze(squeeze_dims=(1,)), (1, 3)) == text
    assert refusal(Squeeze(squeeze_dims=(2,)), (1, 3)) == "axis is 2; expected -2 <= axis < 2. [E207]"
