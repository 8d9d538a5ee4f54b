import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import CLAMPS, scales
from intact.engines.exact import Exact
from intact.errors import UncoveredError
from intact.ir.types import DType
from intact.ops.add import Add
from intact.ops.attributes import FusedActivation
from intact.ops.sub import Sub
from integer import Codes, Integer, assert_exact
from pairs import pair, powers_of_two, result

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


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    # A result finer than 2^-18 of the coarser operand ends the process.
    op = Sub(fused_activation_function=draw(CLAMPS), pot_scale_int16=draw(st.booleans()))
    first, second = draw(pair(dtype))
    wide = draw(st.sampled_from([scales(0.5, 4.0), scales(0.5, 4.0), scales(1 / 2000, 2000.0)]))
    y = draw(result(dtype, max(first.scale, second.scale) * draw(wide)))
    return Integer(op, [first, second], y, version=5 if dtype == "int16" else 2)


INTEGERS = [
    ("SUB-int8", integers("int8")),
    ("SUB-uint8", integers("uint8")),
    ("SUB-int16", integers("int16")),
    ("SUB-int16-power-of-two", powers_of_two(Sub, 5, broadcasts=True)),
]


def test_tanh_is_left_in_float() -> None:
    assert Case(Sub(fused_activation_function=FusedActivation.TANH), [(2,), (2,)]).unfit() == "fused TANH"


@pytest.mark.parametrize("operator", [Add, Sub])
def test_a_result_too_fine_is_refused(operator: type[Add] | type[Sub]) -> None:
    # ADD ends the process there, and SUB shifts by a negative number of bits.
    operands = [Codes((40,), "int8", 0.75), Codes((40,), "int8", 0.5)]
    fine, finer = (Codes((), "int8", 1.5 * f * 2.0**-20) for f in (1.001, 0.999))
    assert_exact(Integer(operator(), operands, fine, version=2))
    with pytest.raises(UncoveredError, match=f"{operator.opcode} to a scale of 1.4"):
        Exact(Integer(operator(), operands, finer).model())
