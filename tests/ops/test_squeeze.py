from case import Case, refusal
from intact.ops.squeeze import Squeeze

CASES = [
    Case(Squeeze(), [(1, 3, 1, 2)]),
    Case(Squeeze(squeeze_dims=(2,)), [(1, 3, 1, 2)]),
    Case(Squeeze(squeeze_dims=(0, -2, 0)), [(1, 3, 1, 2)]),
    Case(Squeeze(), [(2, 3)]),
    Case(Squeeze(), [(1, 1)]),
]


def test_refuses_dimensions_that_hold_more() -> None:
    text = "squeeze_dims [1] of shape [1, 3]; expected dimensions of size 1. [E207]"
    assert refusal(Squeeze(squeeze_dims=(1,)), (1, 3)) == text
    assert refusal(Squeeze(squeeze_dims=(2,)), (1, 3)) == "axis is 2; expected -2 <= axis < 2. [E207]"
