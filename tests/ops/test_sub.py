from case import Case, Input, weights
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.sub import Sub

CASES = [
    Case(Sub(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
    Case(Sub(), [(2, 5, 6, 3), weights(3)]),
    Case(Sub(), [weights(), (4, 6)]),
    Case(Sub(), [(4, 1, 3), (5, 1)]),
    Case(Sub(), [(2, 1, 2, 3, 2, 4), (2, 1, 3, 1, 4)]),
    Case(Sub(fused_activation_function=FusedActivation.RELU), [(3, 8), (3, 8)]),
    Case(Sub(fused_activation_function=FusedActivation.RELU6), [(3, 8), Input((3, 8), low=-8, high=9)]),
    Case(Sub(), [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
]


def test_tanh_is_left_in_float() -> None:
    assert Case(Sub(fused_activation_function=FusedActivation.TANH), [(2,), (2,)]).unfit() == "fused TANH"
