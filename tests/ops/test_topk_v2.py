from dataclasses import replace

from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.topk_v2 import TopKV2
from integer import Codes, Integer, assert_exact
from moved import all_but, like, operands, shapes, vector

CASES = [
    Case(TopKV2(), [(2, 5), ints(2).reshape(())]),
    Case(TopKV2(), [(7,), ints(3)]),
    Case(TopKV2(), [Input((6,), DType.INT32), ints(2)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands((*draw(shapes(0, 3)), draw(st.integers(1, 40))), dtype))
    if draw(st.booleans()):
        x = replace(x, low=0, high=6)  # ties
    k = draw(st.integers(1, x.shape[-1]))
    index = draw(st.sampled_from(["int32", "int16"]))
    return Integer(TopKV2(), [x, vector(k)], [like(x), Codes((), index, None)])


INTEGERS = [(f"TOPK_V2-{dtype}", integers(dtype)) for dtype in all_but("bool")]


def test_none_of_them() -> None:
    assert [v.shape for v in Case(TopKV2(), [(2, 5), ints(0)]).model().main.outputs] == [(2, 0), (2, 0)]


def test_computed_count() -> None:
    values = Case(TopKV2(), [(2, 5), Input((), DType.INT32)]).model().main.inputs
    assert [(t.dtype, t.shape) for t in infer(TopKV2(), values)] == [(DType.FLOAT32, None), (DType.INT32, None)]


def test_refuses_more_than_there_are() -> None:
    assert refusal(TopKV2(), (2, 5), ints(6)) == "k is [6] for shape [2, 5]; expected one number <= shape[-1]. [E201]"
    assert refusal(TopKV2(), (), ints(1)) == "k is [1] for shape []; expected one number <= shape[-1]. [E201]"


def test_a_count_that_is_computed() -> None:
    x = Codes((3, 9), "int8", 0.1, 3, low=0, high=5)
    k = Codes((), "int32", None, low=1, high=9)
    assert_exact(Integer(TopKV2(), [x, k], [like(x), Codes((), "int32", None)]), count=4)
