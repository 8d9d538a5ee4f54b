from case import Case, Input, refusal
from intact.ir.op import infer
from intact.ir.types import DType, TensorType
from intact.ops.unique import Unique

CASES = [
    Case(Unique(), [Input((6,), DType.INT32)]),
    Case(Unique(idx_out_type=DType.INT64), [(4,)]),
]


def test_as_many_indices_as_elements() -> None:
    values, indices = infer(CASES[1].op, CASES[1].model().main.inputs)
    assert (values, indices) == (TensorType(DType.FLOAT32, None), TensorType(DType.INT64, (4,)))


def test_refuses_a_matrix() -> None:
    assert refusal(Unique(), (2, 3)) == "input has shape [2, 3]; expected 1 dimensions. [E201]"
