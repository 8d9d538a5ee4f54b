from hypothesis import strategies as st

from case import Case, Input, refusal, weights
from intact.ir.types import DType
from intact.ops.pack import Pack
from integer import Integer
from moved import all_but, like, operands, shapes

CASES = [
    Case(Pack(values_count=2), [(3, 4), (3, 4)]),
    Case(Pack(values_count=3, axis=-1), [(2,), weights(2), (2,)]),
    Case(Pack(values_count=2, axis=1), [(2, 3), Input((2, 3), low=-0.5, high=0.5)]),
    Case(Pack(values_count=2), [(), ()]),
    Case(Pack(values_count=2), [Input((), DType.INT32), Input((), DType.INT32)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x, count = draw(operands(draw(shapes(0, 3)), dtype)), draw(st.integers(1, 4))
    axis = draw(st.integers(-len(x.shape) - 1, len(x.shape)))
    return Integer(Pack(values_count=count, axis=axis), [x] * count, like(x))


INTEGERS = [(f"PACK-{dtype}", integers(dtype)) for dtype in all_but("bool")]


def test_refuses_what_does_not_stack() -> None:
    text = "operands have shapes [[2], [3]]; expected one shape. [E201]"
    assert refusal(Pack(values_count=2), (2,), (3,)) == text
    text = "values_count is 2; expected 1, the number of operands. [E207]"
    assert refusal(Pack(values_count=2), (2,)) == text
    assert refusal(Pack(values_count=1, axis=2), (2,)) == "axis is 2; expected -2 <= axis < 2. [E207]"
    assert refusal(Pack(values_count=2), (2,), None) == "1 of 2 operands are there; expected all of them. [E203]"
