import numpy as np
from hypothesis import strategies as st

from case import Case, Input, refusal, weights
from intact.ir.types import DType
from intact.ops.select import Select, SelectV2
from integer import Codes, Integer
from pairs import SHAPES, operand, result, two_shapes


def condition(*shape: int) -> Input:
    return Input(shape, DType.BOOL)


CASES = [
    Case(Select(), [condition(2, 3), (2, 3), (2, 3)]),
    Case(Select(), [condition(), (2, 3), weights(2, 3)]),
    Case(Select(), [condition(2), (2, 3), Input((2, 3), low=-0.5, high=0.5)]),
    Case(SelectV2(), [condition(2, 3), (2, 3), (2, 3)]),
    Case(SelectV2(), [condition(3, 1), (2, 1, 4), np.array(0, np.float32)]),
    Case(SelectV2(), [condition(1, 4), np.array([1.5], np.float32), (3, 1)]),
]


@st.composite
def selected(draw: st.DrawFn, dtype: str) -> Integer:
    shape = draw(SHAPES)
    which = draw(st.sampled_from([shape, (), shape[:1]]))
    operands = [draw(operand(shape, dtype, 0.1)) for _ in "xy"]
    return Integer(Select(), [Codes(which, "bool", None), *operands], draw(result(dtype, 0.1)), version=3)


@st.composite
def broadcast(draw: st.DrawFn, dtype: str) -> Integer:
    x, y = draw(two_shapes(4))
    whole = np.broadcast_shapes(x, y)
    which = tuple(1 if draw(st.booleans()) else size for size in whole)
    operands = [draw(operand(shape, dtype, 0.1)) for shape in (x, y)]
    return Integer(SelectV2(), [Codes(which, "bool", None), *operands], draw(result(dtype, 0.1)))


INTEGERS = [
    (f"{name}-{dtype}", strategy(dtype))
    for name, strategy in (("SELECT", selected), ("SELECT_V2", broadcast))
    for dtype in ("int8", "uint8", "int16", "int32")
]


def test_select_does_not_broadcast() -> None:
    text = "expected x.shape == y.shape, and for condition the same, [] or x.shape[:1]. [E201]"
    assert refusal(Select(), condition(2), (2, 3), (1, 3)) == f"condition has shape [2], x [2, 3], y [1, 3]; {text}"
    assert refusal(Select(), condition(3), (2, 3), (2, 3)) == f"condition has shape [3], x [2, 3], y [2, 3]; {text}"


def test_refuses_what_does_not_broadcast() -> None:
    text = "shapes [[4], [2, 3], [2, 3]] do not broadcast; expected equal sizes or 1 in every dimension. [E201]"
    assert refusal(SelectV2(), condition(4), (2, 3), (2, 3)) == text
    text = "operands have types float32, int32; expected one type. [E202]"
    assert refusal(SelectV2(), condition(3), (3,), Input((3,), DType.INT32)) == text


def test_masks_stay_in_float() -> None:
    for op in (Select(), SelectV2()):
        values = Case(op, [condition(2), (2,), np.array([0, -1e9], np.float32)]).model().main.nodes[0].inputs
        assert op.unfit(*values) == "the constant -1e+09 stands for infinity"
        values = Case(op, [condition(2), (2,), weights(2)]).model().main.nodes[0].inputs
        assert op.unfit(*values) is None
