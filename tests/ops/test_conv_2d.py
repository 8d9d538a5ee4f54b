import pytest

from case import Case, weights
from intact.errors import ModelError
from intact.ir.op import infer
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.conv_2d import Conv2D

CASES = [
    Case(Conv2D(), [(1, 8, 8, 3), weights(4, 3, 3, 3), weights(4)]),
    Case(Conv2D(stride_h=2, stride_w=2), [(2, 9, 8, 3), weights(4, 3, 3, 3), weights(4)]),
    Case(Conv2D(padding=Padding.VALID, dilation_h_factor=2), [(1, 9, 9, 2), weights(3, 3, 3, 2), weights(3)]),
    Case(Conv2D(fused_activation_function=FusedActivation.RELU6), [(1, 5, 5, 4), weights(8, 1, 1, 4), weights(8)]),
    Case(Conv2D(), [(1, 5, 5, 4), weights(6, 3, 3, 2), weights(6)]),
]


def test_channels_must_divide() -> None:
    case = Case(Conv2D(), [(1, 5, 5, 4), weights(6, 3, 3, 4), weights(6)])
    values = list(case.model().main.nodes[0].inputs)
    wrong = Case(Conv2D(), [(1, 5, 5, 6), weights(6, 3, 3, 6), weights(6)]).model().main.nodes[0].inputs[0]
    with pytest.raises(ModelError, match=r"takes 4 input channels, input \(1, 5, 5, 6\) has 6; expected") as caught:
        infer(case.op, [wrong, *values[1:]])
    assert caught.value.code == "E201"
