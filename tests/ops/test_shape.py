from case import Case, refusal
from intact.ir.types import DType
from intact.ops.shape import Shape

CASES = [
    Case(Shape(out_type=DType.INT32), [(2, 3, 4)]),
    Case(Shape(out_type=DType.INT64), [(2, 3)]),
]


def test_of_a_scalar() -> None:
    assert Case(Shape(out_type=DType.INT32), [()]).model().main.outputs[0].shape == (0,)


def test_refuses_sizes_that_are_no_integers() -> None:
    assert refusal(Shape(), (2, 3)) == "out_type is float32; expected int32 or int64. [E207]"
