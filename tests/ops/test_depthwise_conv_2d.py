import numpy as np
import pytest

from case import Case, Input, weights
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.depthwise_conv_2d import DepthwiseConv2D

CASES = [
    Case(DepthwiseConv2D(), [(1, 8, 8, 4), weights(1, 3, 3, 4), weights(4)]),
    Case(DepthwiseConv2D(stride_h=2, stride_w=2), [(2, 9, 8, 3), weights(1, 3, 3, 3), weights(3)]),
    Case(DepthwiseConv2D(depth_multiplier=2, padding=Padding.VALID), [(1, 7, 9, 3), weights(1, 3, 5, 6), weights(6)]),
    Case(
        DepthwiseConv2D(dilation_h_factor=2, fused_activation_function=FusedActivation.RELU6),
        [(1, 9, 9, 2), weights(1, 3, 3, 2), weights(2)],
    ),
    Case(DepthwiseConv2D(depth_multiplier=4), [(1, 6, 6, 1), weights(1, 3, 3, 4), weights(4)]),
]


def test_channels_must_divide() -> None:
    case = Case(DepthwiseConv2D(), [(1, 5, 5, 4), weights(1, 3, 3, 6)])
    with pytest.raises(ModelError, match=r"makes 6 channels, input \[1, 5, 5, 4\] has 4; expected filter.shape\[3\] %"):
        case.model()


def test_filter_has_one_row_of_windows() -> None:
    with pytest.raises(ModelError, match=r"filter has shape \[4, 3, 3, 4\]; expected filter.shape\[0\] == 1"):
        Case(DepthwiseConv2D(), [(1, 5, 5, 4), weights(4, 3, 3, 4)]).model()


def test_bias_has_one_number_a_channel() -> None:
    with pytest.raises(ModelError, match=r"bias has shape \[3\], the filter makes 4 channels; expected 4 numbers"):
        Case(DepthwiseConv2D(), [(1, 5, 5, 4), weights(1, 3, 3, 4), weights(3)]).model()


def test_stride_of_zero() -> None:
    with pytest.raises(ModelError, match="stride_w is 0; expected stride_w >= 1") as caught:
        Case(DepthwiseConv2D(stride_w=0), [(1, 5, 5, 4), weights(1, 3, 3, 4)]).model()
    assert caught.value.code == "E207"


def test_input_without_channels() -> None:
    with pytest.raises(ModelError, match="has 0"):
        Case(DepthwiseConv2D(), [Input((1, 5, 5, 0)), np.zeros((1, 3, 3, 4), DType.FLOAT32.numpy)]).model()


def test_tanh_is_left_in_float() -> None:
    assert DepthwiseConv2D(fused_activation_function=FusedActivation.TANH).unfit() == "fused TANH"
    assert DepthwiseConv2D(fused_activation_function=FusedActivation.RELU_N1_TO_1).unfit() is None
