from dataclasses import replace

from hypothesis import strategies as st

from case import Case, Input, ints, refusal, weights
from intact.ir.types import DType
from intact.ops.dynamic_update_slice import DynamicUpdateSlice
from integer import Codes, Integer
from moved import TYPES, like, operands, shapes

CASES = [
    Case(DynamicUpdateSlice(), [(4, 5), (2, 3), ints(1, 1)]),
    Case(DynamicUpdateSlice(), [(4, 5), Input((2, 3), low=-0.5, high=0.5), Input((2,), DType.INT32, low=-1, high=4)]),
    Case(DynamicUpdateSlice(), [weights(4), (2,), Input((1,), DType.INT64, low=0, high=2)], version=2),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4)), dtype))
    part = replace(x, shape=tuple(draw(st.integers(1, size)) for size in x.shape))
    corner = Codes((len(x.shape),), draw(st.sampled_from(["int32", "int64"])), None, low=-3, high=6)
    return Integer(DynamicUpdateSlice(), [x, part, corner], like(x))


INTEGERS = [(f"DYNAMIC_UPDATE_SLICE-{dtype}", integers(dtype)) for dtype in TYPES]


def test_refuses_an_update_that_does_not_fit_in() -> None:
    for shape in ([5, 1], [2]):
        text = f"update has shape {shape}, operand [4, 5]; expected no size above operand's. [E201]"
        assert refusal(DynamicUpdateSlice(), (4, 5), tuple(shape), ints(0, 0)) == text
    text = "start_indices has shape [1]; expected shape [2]. [E201]"
    assert refusal(DynamicUpdateSlice(), (4, 5), (1, 1), ints(0)) == text
    text = "operands have types float32, int32; expected one type. [E202]"
    assert refusal(DynamicUpdateSlice(), (4,), Input((1,), DType.INT32), ints(0)) == text
