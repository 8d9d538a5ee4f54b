from case import Case, Input
from intact.ir.types import DType
from intact.ops.cast import Cast

CASES = [
    Case(Cast(out_data_type=DType.INT32), [(2, 3)]),
    Case(Cast(in_data_type=DType.INT32), [Input((2, 3), DType.INT32)]),
    Case(Cast(in_data_type=DType.BOOL), [Input((4,), DType.BOOL)]),
    Case(Cast(in_data_type=DType.FLOAT32, out_data_type=DType.INT64), [()]),
]


def test_a_file_without_attributes_says_the_type_in_its_tensors() -> None:
    assert Cast.infers == "shapes"
