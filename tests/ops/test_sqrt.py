from case import Case, Input
from intact.ir.types import DType
from intact.ops.sqrt import Rsqrt, Sqrt

CASES = [
    Case(Sqrt(), [Input((2, 5, 6, 3), low=0, high=4)]),
    Case(Sqrt(), [Input((4, 7), low=100, high=900)]),
    Case(Rsqrt(), [Input((2, 5, 6, 3), low=0.5, high=4)]),
    Case(Rsqrt(), [Input((4, 7), low=100, high=900)]),
]


def test_int16_kernels_fail_below_zero() -> None:
    assert Sqrt.quant is not None
    assert Rsqrt.quant is not None
    assert Sqrt.quant.dtypes == Rsqrt.quant.dtypes == {DType.INT8}
