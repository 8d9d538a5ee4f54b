import numpy as np
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.fill import Fill
from integer import Integer
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(Fill(), [ints(2, 3), ()]),
    Case(Fill(), [ints(2, 3, dtype="int64"), np.array(-0.7, np.float32)]),
    Case(Fill(), [ints(), ()]),
    Case(Fill(), [ints(4), Input((), DType.INT32)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x, dims = draw(operands((), dtype)), draw(shapes(1, 4))
    return Integer(Fill(), [vector(dims, draw(st.sampled_from(["int32", "int64"]))), x], like(x))


INTEGERS = [(f"FILL-{dtype}", integers(dtype)) for dtype in TYPES]


def test_computed_shape() -> None:
    values = Case(Fill(), [Input((2,), DType.INT32), ()]).model().main.inputs
    assert infer(Fill(), values)[0].shape is None


def test_refuses_what_is_no_shape() -> None:
    assert refusal(Fill(), ints(2, -1), ()) == "dims are [2, -1]; expected none below 0. [E201]"
    assert refusal(Fill(), ints(2).reshape(()), ()) == "dims has shape []; expected 1 dimensions. [E201]"
    assert refusal(Fill(), ints(2), (1,)) == "value has shape [1]; expected 0 dimensions. [E201]"


def test_infinity_stays_in_float() -> None:
    values = Case(Fill(), [ints(2), np.array(-np.inf, np.float32)]).model().main.nodes[0].inputs
    assert Fill().unfit(*values) == "the constant -inf stands for infinity"
