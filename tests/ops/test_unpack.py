from hypothesis import strategies as st

from case import Case, Input, refusal
from intact.ir.types import DType
from intact.ops.unpack import Unpack
from integer import Integer
from moved import all_but, like, operands, shapes

CASES = [
    Case(Unpack(num=3, axis=1), [(2, 3, 4)]),
    Case(Unpack(num=4, axis=-1), [(2, 3, 4)]),
    Case(Unpack(num=2), [(2,)]),
    Case(Unpack(num=2), [Input((2, 3), DType.INT32)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4)), dtype))
    axis = draw(st.integers(-len(x.shape), len(x.shape) - 1))
    count = x.shape[axis]
    return Integer(Unpack(num=count, axis=axis), [x], [like(x)] * count)


INTEGERS = [(f"UNPACK-{dtype}", integers(dtype)) for dtype in all_but("int64")]


def test_refuses_another_number_of_slices() -> None:
    assert refusal(Unpack(num=2, axis=1), (2, 3)) == "num is 2; expected 3, the size of dimension 1. [E207]"
    assert refusal(Unpack(num=1), ()) == "axis is 0; expected 0 <= axis < 0. [E207]"
