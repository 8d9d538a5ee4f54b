from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.transpose import Transpose
from integer import Integer
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(Transpose(), [(1, 3, 4, 2), ints(0, 3, 1, 2)]),
    Case(Transpose(), [(2, 3), ints(-1, 0)]),
    Case(Transpose(), [(2, 1, 3, 2, 2), ints(4, 3, 2, 1, 0)], version=4),
    Case(Transpose(), [(5,), ints(0)]),
    Case(Transpose(), [Input((2, 3), DType.INT32), ints(1, 0)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 6, 4)), dtype))
    perm = draw(st.permutations(range(len(x.shape))))
    if draw(st.booleans()):
        perm = [axis - len(perm) for axis in perm]
    return Integer(Transpose(), [x, vector(perm)], like(x))


INTEGERS = [(f"TRANSPOSE-{dtype}", integers(dtype)) for dtype in TYPES]


def test_computed_order() -> None:
    values = Case(Transpose(), [(2, 3), Input((2,), DType.INT32)]).model().main.inputs
    assert infer(Transpose(), values)[0].shape is None


def test_refuses_what_is_no_order() -> None:
    assert refusal(Transpose(), (2, 3), ints(0, 0)) == "perm is [0, 0]; expected each of 0 to 1 once. [E207]"
    assert refusal(Transpose(), (2, 3), ints(0, 2)) == "axis is 2; expected -2 <= axis < 2. [E207]"
    assert refusal(Transpose(), (), ints()) == "input has shape []; expected 1 or more dimensions. [E201]"
    assert refusal(Transpose(), (2, 3), ints(0)) == "perm has shape [1]; expected shape [2]. [E201]"
