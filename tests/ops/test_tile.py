from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.tile import Tile

CASES = [
    Case(Tile(), [(1, 2, 2, 3), ints(2, 1, 3, 1)]),
    Case(Tile(), [(2, 3), ints(1, 2, dtype="int64")]),
]


def test_no_times() -> None:
    assert Case(Tile(), [(2, 3), ints(0, 2)]).model().main.outputs[0].shape == (0, 6)


def test_computed_multiples() -> None:
    values = Case(Tile(), [(2, 3), Input((2,), DType.INT32)]).model().main.inputs
    assert infer(Tile(), values)[0].shape is None


def test_refuses_multiples_of_other_dimensions() -> None:
    assert refusal(Tile(), (2, 3), ints(2)) == "multiples has shape [1]; expected shape [2]. [E201]"
    assert refusal(Tile(), (2, 3), ints(2, -1)) == "multiples are [2, -1]; expected none below 0. [E201]"
