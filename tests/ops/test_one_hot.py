import numpy as np
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.one_hot import OneHot
from integer import Codes, Integer
from moved import all_but, like, operands, shapes, vector

ON, OFF = np.array(1, np.float32), np.array(0, np.float32)
INDICES = Input((2, 3), DType.INT32, low=-1, high=5)

CASES = [
    Case(OneHot(axis=-1), [INDICES, ints(4).reshape(()), ON, OFF]),
    Case(OneHot(axis=0), [INDICES, ints(4), ON, np.array(-0.5, np.float32)]),
    Case(OneHot(axis=1), [Input((2, 3), DType.INT64, low=0, high=4), ints(4), (), OFF]),
    Case(OneHot(axis=-1), [INDICES, ints(4), np.array(True), np.array(False)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape, depth = draw(shapes(0, 3)), draw(st.integers(1, 6))
    indices = Codes(shape, draw(st.sampled_from(["int32", "int64"])), None, low=-2, high=depth + 1)
    on = draw(operands((), dtype))
    axis = draw(st.integers(-1, len(shape)))
    return Integer(OneHot(axis=axis), [indices, vector(depth), on, on], like(on))


INTEGERS = [(f"ONE_HOT-{dtype}", integers(dtype)) for dtype in all_but("int16")]


def test_computed_depth() -> None:
    values = Case(OneHot(axis=-1), [INDICES, Input((), DType.INT32), ON, OFF]).model().main.nodes[0].inputs
    assert infer(OneHot(axis=-1), values)[0].shape is None


def test_refuses_what_is_no_depth() -> None:
    assert refusal(OneHot(), INDICES, ints(-1), ON, OFF) == "depth is [-1]; expected one number >= 0. [E201]"
    assert refusal(OneHot(), INDICES, ints(1, 2), ON, OFF) == "depth is [1, 2]; expected one number >= 0. [E201]"
    assert refusal(OneHot(axis=3), INDICES, ints(1), ON, OFF) == "axis is 3; expected -3 <= axis < 3. [E207]"
