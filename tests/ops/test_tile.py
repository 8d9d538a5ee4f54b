from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.tile import Tile
from integer import Codes, Integer, assert_exact
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(Tile(), [(1, 2, 2, 3), ints(2, 1, 3, 1)]),
    Case(Tile(), [(2, 3), ints(1, 2, dtype="int64")]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4, 3)), dtype))
    times = [draw(st.integers(1, 3)) for _ in x.shape]
    return Integer(Tile(), [x, vector(times, draw(st.sampled_from(["int32", "int64"])))], like(x))


INTEGERS = [(f"TILE-{dtype}", integers(dtype)) for dtype in TYPES]


def test_no_times() -> None:
    assert Case(Tile(), [(2, 3), ints(0, 2)]).model().main.outputs[0].shape == (0, 6)


def test_computed_multiples() -> None:
    values = Case(Tile(), [(2, 3), Input((2,), DType.INT32)]).model().main.inputs
    assert infer(Tile(), values)[0].shape is None


def test_refuses_multiples_of_other_dimensions() -> None:
    assert refusal(Tile(), (2, 3), ints(2)) == "multiples has shape [1]; expected shape [2]. [E201]"
    assert refusal(Tile(), (2, 3), ints(2, -1)) == "multiples are [2, -1]; expected none below 0. [E201]"


def test_multiples_that_are_computed() -> None:
    x = Codes((4, 5), "int8", 0.1, 3)
    assert_exact(Integer(Tile(), [x, Codes((2,), "int32", None, low=1, high=3)], like(x)), count=4)
