import numpy as np

from case import Case, Input, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.where import Where

CASES = [
    Case(Where(), [Input((2, 3), DType.BOOL)]),
    Case(Where(), [Input((5,), DType.INT32)], version=2),
    Case(Where(), [np.array([[True, False], [True, True]])]),
]


def test_rows_are_known_of_a_constant_only() -> None:
    assert infer(Where(), CASES[0].model().main.inputs)[0].shape is None
    assert CASES[2].model().main.outputs[0].shape == (3, 2)


def test_refuses_a_scalar() -> None:
    assert refusal(Where(), Input((), DType.BOOL)) == "condition has shape []; expected 1 or more dimensions. [E201]"
