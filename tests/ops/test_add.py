import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import CLAMPS, scales
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.add import Add
from intact.ops.attributes import FusedActivation
from integer import Codes, Integer, assert_exact
from pairs import pair, powers_of_two, result

CASES = [
    Case(Add(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
    Case(Add(), [(2, 5, 6, 3), weights(3)]),
    Case(Add(), [weights(6, 1), (2, 5, 6, 3)]),
    Case(Add(), [(4, 1, 3), (5, 1)]),
    Case(Add(), [(7,), weights()]),
    Case(Add(), [(2, 1, 2, 3, 2, 4), (2, 1, 3, 1, 4)], version=3),
    Case(Add(fused_activation_function=FusedActivation.RELU), [(3, 8), (3, 8)]),
    Case(Add(fused_activation_function=FusedActivation.RELU6), [(3, 8), Input((3, 8), low=-8, high=9)]),
    Case(Add(fused_activation_function=FusedActivation.RELU_N1_TO_1), [(3, 8), (3, 8)]),
    Case(Add(), [Input((3, 4), DType.INT32, -9, 9), Input((4,), DType.INT32, -9, 9)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    # A result finer than 2^-18 of the coarser operand ends the process.
    op = Add(fused_activation_function=draw(CLAMPS), pot_scale_int16=draw(st.booleans()))
    first, second = draw(pair(dtype))
    wide = draw(st.sampled_from([scales(0.5, 4.0), scales(0.5, 4.0), scales(1 / 2000, 2000.0)]))
    y = draw(result(dtype, max(first.scale, second.scale) * draw(wide)))
    return Integer(op, [first, second], y, version=3 if dtype == "int16" else 2)


INTEGERS = [
    ("ADD-int8", integers("int8")),
    ("ADD-uint8", integers("uint8")),
    ("ADD-int16", integers("int16")),
    ("ADD-int16-power-of-two", powers_of_two(Add, 3, broadcasts=False)),
]


def test_shapes_must_broadcast() -> None:
    with pytest.raises(
        ModelError, match=r"shapes \[\[2, 3\], \[4\]\] do not broadcast; expected equal sizes or 1"
    ) as caught:
        Case(Add(), [(2, 3), (4,)]).model()
    assert caught.value.code == "E201"


def test_types_must_agree() -> None:
    with pytest.raises(ModelError, match="input1 is float32, input2 is int32; expected equal types") as caught:
        Case(Add(), [(2, 3), Input((3,), DType.INT32)]).model()
    assert caught.value.code == "E202"


def test_tanh_is_left_in_float() -> None:
    assert Case(Add(fused_activation_function=FusedActivation.TANH), [(2,), (2,)]).unfit() == "fused TANH"


def test_integers_are_left_alone() -> None:
    assert Case(Add(), [Input((3,), DType.INT32), Input((3,), DType.INT32)]).unfit() == "int32 operands"
    assert Case(Add(), [(3,), (3,)]).unfit() is None


def test_empty_stays_empty() -> None:
    assert Case(Add(), [(0, 1, 4), (3, 1)]).model().main.outputs[0].shape == (0, 3, 4)


@pytest.mark.parametrize("activation", [FusedActivation.RELU6, FusedActivation.RELU_N1_TO_1])
@pytest.mark.parametrize(("scale", "zero_point"), [(4.0, 1), (4.0, 2), (0.4, -127), (12.0, 0)])
def test_limits_half_way_between_codes(activation: FusedActivation, scale: float, zero_point: int) -> None:
    # XNNPACK rounds 6 / scale + zero point to even, the other kernels 6 / scale away from zero.
    operands = [Codes((64,), "int8", scale / 3, 1), Codes((64,), "int8", scale / 2, 0)]
    y = Codes((), "int8", scale, zero_point)
    assert_exact(Integer(Add(fused_activation_function=activation), operands, y, version=2))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("shapes", [((3, 37), (3, 37)), ((3, 37), (1,)), ((3, 37), (37,))])
def test_vectors_wrap_around(dtype: str, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    # Sums reach 2^17 steps of the result.
    operands = [Codes(s, dtype, 1.0, 7) for s in shapes]
    assert_exact(Integer(Add(), operands, Codes((), dtype, 2.0**-9, 3), version=2), count=5)
