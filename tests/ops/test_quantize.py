import pytest

from case import Case, Input
from intact.ir.types import DType, QuantParams, Shape, TensorType
from intact.ops.quantize import Quantize


def stored(shape: Shape, dtype: DType) -> tuple[TensorType]:
    return (TensorType(dtype, shape, quant=QuantParams(scale=[0.02], zero_point=[0])),)


CASES = [
    Case(Quantize(), [(2, 3)], results=stored((2, 3), DType.INT8)),
    Case(Quantize(), [(2, 3)], results=stored((2, 3), DType.UINT8)),
    Case(Quantize(), [(2, 3)], results=stored((2, 3), DType.INT16), version=2),
]


@pytest.mark.parametrize("dtype", [DType.INT8, DType.UINT8, DType.INT16])
def test_the_file_says_the_type(dtype: DType) -> None:
    case = Case(Quantize(), [Input((2, 3))], results=stored((2, 3), dtype))
    assert Quantize.infers == "shapes"
    assert Quantize().infer(case.model().main.inputs[0]) == (TensorType(DType.INT8, (2, 3)),)
