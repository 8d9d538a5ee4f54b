from hypothesis import strategies as st

from case import Case, ints, refusal
from intact.ops.reverse_v2 import ReverseV2
from integer import Integer
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(ReverseV2(), [(2, 3, 4), ints(1)]),
    Case(ReverseV2(), [(2, 3, 4), ints(-1, 1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4)), dtype))
    first = draw(st.integers(0, len(x.shape) - 1))
    axes = list(range(first, draw(st.integers(first + 1, len(x.shape)))))
    return Integer(ReverseV2(), [x, vector(axes)], like(x))


INTEGERS = [(f"REVERSE_V2-{dtype}", integers(dtype)) for dtype in TYPES]


def test_refuses_other_dimensions() -> None:
    assert refusal(ReverseV2(), (2, 3), ints(2)) == "axis is 2; expected -2 <= axis < 2. [E207]"
    for axes in ([0, 2], [1, 1], []):
        text = f"axis is {axes}; expected dimensions next to each other. [E207]"
        assert refusal(ReverseV2(), (2, 3, 4), ints(*axes)) == text
    assert refusal(ReverseV2(), (2, 3), ints(1).reshape(())) == "axis has shape []; expected 1 dimensions. [E201]"
