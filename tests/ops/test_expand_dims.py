import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.expand_dims import ExpandDims
from integer import Integer
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(ExpandDims(), [(2, 3), ints(0)]),
    Case(ExpandDims(), [(2, 3), ints(-1).reshape(())]),
    Case(ExpandDims(), [(2, 3), ints(1, dtype="int64")]),
    Case(ExpandDims(), [(), ints(0)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(0, 4)), dtype))
    axis = draw(st.integers(-len(x.shape) - 1, len(x.shape)))
    return Integer(ExpandDims(), [x, vector(axis)], like(x))


INTEGERS = [(f"EXPAND_DIMS-{dtype}", integers(dtype)) for dtype in TYPES]


@pytest.mark.parametrize(
    ("axis", "shape"), [(-3, (1, 2, 3)), (-1, (2, 3, 1)), (0, (1, 2, 3)), (1, (2, 1, 3)), (2, (2, 3, 1))]
)
def test_place(axis: int, shape: tuple[int, ...]) -> None:
    assert Case(ExpandDims(), [(2, 3), ints(axis)]).model().main.outputs[0].shape == shape


def test_computed_place() -> None:
    values = Case(ExpandDims(), [(2, 3), Input((1,), DType.INT32)]).model().main.inputs
    assert infer(ExpandDims(), values)[0].shape is None


def test_refuses_a_place_outside() -> None:
    assert refusal(ExpandDims(), (2, 3), ints(3)) == "axis is 3; expected -3 <= axis < 3. [E207]"
