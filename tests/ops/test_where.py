import numpy as np
from hypothesis import strategies as st

from case import Case, Input, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.where import Where
from integer import Codes, Integer
from moved import all_but, shapes

CASES = [
    Case(Where(), [Input((2, 3), DType.BOOL)]),
    Case(Where(), [Input((5,), DType.INT32)], version=2),
    Case(Where(), [np.array([[True, False], [True, True]])]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    # Of so many elements some hold: LiteRT cannot show an empty result.
    shape = (16, *draw(shapes(0, 3)))
    condition = Codes(shape, dtype, None) if dtype == "bool" else Codes(shape, dtype, None, low=0, high=1)
    return Integer(Where(), [condition], Codes((), "int64", None))


INTEGERS = [(f"WHERE-{dtype}", integers(dtype)) for dtype in all_but("int16")]


def test_rows_are_known_of_a_constant_only() -> None:
    assert infer(Where(), CASES[0].model().main.inputs)[0].shape is None
    assert CASES[2].model().main.outputs[0].shape == (3, 2)


def test_refuses_a_scalar() -> None:
    assert refusal(Where(), Input((), DType.BOOL)) == "condition has shape []; expected 1 or more dimensions. [E201]"
