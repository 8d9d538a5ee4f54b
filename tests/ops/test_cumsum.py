import numpy as np

from case import Case, refusal
from intact.ops.cumsum import Cumsum

CASES = [
    Case(Cumsum(), [(2, 3, 4), np.array(1, np.int32)]),
    Case(Cumsum(exclusive=True, reverse=True), [(2, 3, 4), np.array(-1, np.int32)]),
]


def test_the_axis_must_exist() -> None:
    assert refusal(Cumsum(), (2, 3), np.array(2, np.int32)) == "axis is 2; expected -2 <= axis < 2. [E207]"
