from case import Case, Input, weights
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.mul import Mul

CASES = [
    Case(Mul(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
    Case(Mul(), [(2, 5, 6, 3), weights(3)]),
    Case(Mul(), [weights(), (4, 6)]),
    Case(Mul(), [(4, 1, 3), (5, 1)]),
    Case(Mul(), [(2, 1, 2, 3, 2, 4), (2, 1, 3, 1, 4)]),
    Case(Mul(fused_activation_function=FusedActivation.RELU), [(3, 8), (3, 8)]),
    Case(Mul(fused_activation_function=FusedActivation.RELU6), [(3, 8), Input((3, 8), low=-8, high=9)]),
    Case(Mul(), [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
]


def test_tanh_is_left_in_float() -> None:
    assert Case(Mul(fused_activation_function=FusedActivation.TANH), [(2,), (2,)]).unfit() == "fused TANH"
