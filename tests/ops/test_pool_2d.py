import pytest

from case import Case
from intact.errors import ModelError
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.pool_2d import AveragePool2D, L2Pool2D, MaxPool2D

CASES = [
    case
    for pool in (AveragePool2D, MaxPool2D, L2Pool2D)
    for case in (
        Case(pool(stride_h=2, stride_w=2, filter_height=2, filter_width=2), [(1, 8, 8, 3)]),
        Case(pool(stride_h=2, filter_height=3, filter_width=3), [(2, 9, 8, 3)]),
        Case(pool(padding=Padding.VALID, filter_height=3, filter_width=2), [(1, 5, 6, 4)]),
        Case(
            pool(
                padding=Padding.VALID, filter_height=4, filter_width=4, fused_activation_function=FusedActivation.RELU6
            ),
            [(1, 4, 4, 5)],
        ),
    )
]


def test_window_without_height() -> None:
    with pytest.raises(ModelError, match="filter_height is 0; expected filter_height >= 1") as caught:
        Case(MaxPool2D(filter_height=0), [(1, 4, 4, 1)]).model()
    assert caught.value.code == "E207"


def test_window_larger_than_the_image() -> None:
    pool = AveragePool2D(padding=Padding.VALID, filter_height=5, filter_width=5)
    assert Case(pool, [(1, 4, 4, 1)]).model().main.outputs[0].shape == (1, 0, 0, 1)


def test_tanh_is_left_in_float() -> None:
    assert AveragePool2D(fused_activation_function=FusedActivation.TANH).unfit() == "fused TANH"


def test_l2_pool_has_no_integer_kernel() -> None:
    assert L2Pool2D.quant is None
