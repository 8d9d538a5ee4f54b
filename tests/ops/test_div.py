from case import Case, Input
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.div import Div

CASES = [
    Case(Div(), [(2, 5, 6, 3), Input((2, 5, 6, 3), low=0.5, high=3)]),
    Case(Div(), [(2, 5, 6, 3), Input((3,), low=-3, high=-0.5)]),
    Case(Div(fused_activation_function=FusedActivation.RELU6), [(3, 8), Input((1,), low=0.2, high=0.3)]),
    Case(Div(), [Input((3, 4), DType.INT32, -9, 9), Input((3, 4), DType.INT32, 1, 5)]),
]


def test_integer_kernels_are_not_to_be_used() -> None:
    assert Div.quant is None
