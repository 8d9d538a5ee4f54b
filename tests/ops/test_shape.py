from hypothesis import strategies as st

from case import Case, refusal
from intact.ir.types import DType
from intact.ops.shape import Shape
from integer import Codes, Integer
from moved import TYPES, operands, shapes

CASES = [
    Case(Shape(out_type=DType.INT32), [(2, 3, 4)]),
    Case(Shape(out_type=DType.INT64), [(2, 3)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x, made = draw(operands(draw(shapes(1, 5)), dtype)), draw(st.sampled_from(["int32", "int64"]))
    return Integer(Shape(out_type=DType(made)), [x], Codes((), made, None))


INTEGERS = [(f"SHAPE-{dtype}", integers(dtype)) for dtype in TYPES]


def test_of_a_scalar() -> None:
    assert Case(Shape(out_type=DType.INT32), [()]).model().main.outputs[0].shape == (0,)


def test_refuses_sizes_that_are_no_integers() -> None:
    assert refusal(Shape(), (2, 3)) == "out_type is float32; expected int32 or int64. [E207]"
