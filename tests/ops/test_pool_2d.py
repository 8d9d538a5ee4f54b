import pytest
from hypothesis import strategies as st

from case import Case
from drawn import CLAMPS, PADDINGS, codes
from intact.errors import ModelError
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.pool_2d import AveragePool2D, L2Pool2D, MaxPool2D
from integer import Codes, Integer, assert_exact
from kernels import assert_same

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


@st.composite
def integers(draw: st.DrawFn, pool: type[AveragePool2D] | type[MaxPool2D], dtype: str) -> Integer:
    window = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    op = pool(
        padding=draw(PADDINGS),
        stride_h=draw(st.integers(1, 4)),
        stride_w=draw(st.integers(1, 4)),
        filter_height=window[0],
        filter_width=window[1],
        fused_activation_function=draw(CLAMPS),
    )
    size = tuple(w + draw(st.integers(0, 7)) for w in window)
    x = draw(codes((draw(st.integers(1, 2)), *size, draw(st.sampled_from([1, 3, 8, 17, 40]))), dtype))
    return Integer(op, [x], Codes((), dtype, x.scale, x.zero_point), version=3 if dtype == "int16" else 2)


INTEGERS = [
    (f"{pool.opcode}-{dtype}", integers(pool, dtype))
    for pool in (AveragePool2D, MaxPool2D)
    for dtype in ("int8", "uint8", "int16")
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


def test_clamps_that_end_between_two_integers() -> None:
    # 6 / 4 = 1.5 and -1 / 4: XNNPACK rounds half to even after it added the zero point, the others away from zero.
    for activation in (FusedActivation.RELU6, FusedActivation.RELU_N1_TO_1):
        for zero_point in (-1, 0, 1):
            op = MaxPool2D(filter_height=2, filter_width=2, fused_activation_function=activation)
            for scale in (4.0, 0.4, 2.0):
                x = Codes((1, 5, 5, 9), "int8", scale, zero_point)
                assert_exact(Integer(op, [x], Codes((), "int8", scale, zero_point), version=2))


@pytest.mark.parametrize("pool", [AveragePool2D, MaxPool2D])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_large_windows_of_many_channels_in_c(pool: type[AveragePool2D] | type[MaxPool2D], dtype: str) -> None:
    for low, high in ((None, None), (127, 127), (0, 1)):
        x = Codes((2, 23, 34, 131), dtype, 0.1, low=low, high=high)
        op = pool(padding=Padding.SAME, filter_height=19, filter_width=33, stride_h=7, stride_w=1)
        case = Integer(op, [x], Codes((), dtype, 0.1), version=3 if dtype == "int16" else 2)
        assert_same(case.model(), "litert-reference", case.samples(1))
