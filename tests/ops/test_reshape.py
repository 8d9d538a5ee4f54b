import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from drawn import codes
from intact.arith.profile import load
from intact.errors import UncoveredError
from intact.ir.graph import Value
from intact.ir.op import infer
from intact.ir.site import Site
from intact.ir.types import DType, TensorType
from intact.ops.movement import Moved
from intact.ops.reshape import Reshape
from integer import Codes, Integer, assert_exact
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(Reshape(), [(2, 3, 4), ints(6, -1)]),
    Case(Reshape(new_shape=(4, 6)), [(2, 3, 4)]),
    Case(Reshape(), [(1, 1), ints()]),
    Case(Reshape(new_shape=(0,)), [(1, 1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(0, 4)), dtype))
    wanted = list(draw(st.permutations(x.shape)))
    if draw(st.booleans()):
        wanted.insert(draw(st.integers(0, len(wanted))), 1)
    if wanted and draw(st.booleans()):
        wanted[draw(st.integers(0, len(wanted) - 1))] = -1
    # No kernel looks at the result's scale, but XNNPACK's delegate, which leaves the operator to LiteRT then.
    y = like(x) if draw(st.booleans()) or x.scale is None else draw(codes((), dtype))
    if not wanted or draw(st.booleans()):
        return Integer(Reshape(new_shape=tuple(wanted)), [x], y)
    return Integer(Reshape(new_shape=tuple(wanted)), [x, vector(wanted)], y)


INTEGERS = [(f"RESHAPE-{dtype}", integers(dtype)) for dtype in TYPES]


def shape(op: Reshape, *operands: object) -> tuple[int, ...] | None:
    return infer(op, Case(op, operands).model().main.nodes[0].inputs)[0].shape


def test_the_operand_wins_over_the_attribute() -> None:
    assert shape(Reshape(new_shape=(24,)), (2, 3, 4), ints(8, -1)) == (8, 3)


def test_an_operand_that_is_no_vector_does_not_count() -> None:
    for operand in (ints(24).reshape(()), ints(8, 3).reshape(1, 2), None):
        assert shape(Reshape(new_shape=(24,)), (2, 3, 4), operand) == (24,)
        assert "24 elements do not take the shape []" in refusal(Reshape(), (2, 3, 4), operand)


def test_computed_shape() -> None:
    assert shape(Reshape(new_shape=(24,)), (2, 3, 4), Input((2,), DType.INT32)) is None


def test_elements_must_fit() -> None:
    text = "24 elements do not take the shape [5, -1]; expected as many elements, at most one -1. [E201]"
    assert refusal(Reshape(), (2, 3, 4), ints(5, -1)) == text
    assert "do not take the shape [-1, -1]" in refusal(Reshape(), (2, 3, 4), ints(-1, -1))
    assert "do not take the shape [-2, -12]" in refusal(Reshape(), (2, 3, 4), ints(-2, -12))


def test_nothing_has_many_shapes() -> None:
    assert shape(Reshape(), (2, 0), np.array([0, 3], np.int32)) == (0, 3)
    assert shape(Reshape(), (2, 0), np.array([5, -1], np.int32)) == (5, 0)
    assert shape(Reshape(), (2, 0), np.array([0, -1], np.int32)) == (0, 2)
    assert shape(Reshape(), (4, 0, 3), np.array([0, 6, -1], np.int32)) == (0, 6, 2)
    assert "0 elements do not take the shape [2, 3]" in refusal(Reshape(), (2, 0), ints(2, 3))


def test_a_shape_that_is_computed() -> None:
    x = Codes((4, 6), "int8", 0.1, 3)
    assert_exact(Integer(Reshape(), [x, Codes((1,), "int32", None, low=24, high=24)], like(x)))


def test_old_scalars() -> None:
    x = Codes((1,), "int8", 0.1, 3)
    assert_exact(Integer(Reshape(new_shape=(0,)), [x], like(x)))


def test_strings_stay_on_litert() -> None:
    text, made = TensorType(DType.STRING, (1, 1)), TensorType(DType.STRING, (1,))
    with pytest.raises(UncoveredError, match="string elements are not moved here"):
        Reshape().prepare(Site(load("litert-reference"), (made,)), Value("x", text))


def test_an_int64_shape_is_not_read() -> None:
    x = Codes((2, 6), "int8", 0.1, 3)
    op = Reshape(new_shape=(3, 4))
    assert_exact(Integer(op, [x, vector([3, 4], "int64")], like(x)))
    (found,) = op.compute(Moved("int8", 0), None, np.zeros((2, 6), np.int8), np.array([4, 3], np.int64))
    assert found.shape == (3, 4)
