import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import CLAMPS, scales
from intact.engines.exact import Exact
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.mul import Mul
from integer import Codes, Integer, assert_exact
from pairs import SHAPES, pair, result

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


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    first, second = draw(pair(dtype))
    reach = 32768 if dtype == "int16" else 256
    wide = draw(st.sampled_from([scales(0.3, 3.0), scales(0.3, 3.0), scales(1e-5, 1e3)]))
    y = draw(result(dtype, first.scale * second.scale * reach * draw(wide)))
    return Integer(
        Mul(fused_activation_function=draw(CLAMPS)), [first, second], y, version=4 if dtype == "int16" else 2
    )


@st.composite
def fractions(draw: st.DrawFn, dtype: str) -> Integer:
    shape = draw(SHAPES)
    operands = [Codes(shape, "int16", 2.0**-15), Codes(shape, "int16", 2.0**-15)]
    y = draw(result(dtype, 2.0**-7))
    return Integer(Mul(fused_activation_function=draw(CLAMPS)), operands, y, version=4)


INTEGERS = [
    ("MUL-int8", integers("int8")),
    ("MUL-uint8", integers("uint8")),
    ("MUL-int16", integers("int16")),
    ("MUL-int16-to-int8", fractions("int8")),
    ("MUL-int16-to-uint8", fractions("uint8")),
]


def test_tanh_is_left_in_float() -> None:
    assert Case(Mul(fused_activation_function=FusedActivation.TANH), [(2,), (2,)]).unfit() == "fused TANH"


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("shapes", [((3, 37), (3, 37)), ((3, 37), (1,)), ((3, 37), (37,))])
@pytest.mark.parametrize("scale", [2.0**-5, 2.0**-20, 1e-12, 3e-35])
def test_products_beyond_int16(dtype: str, shapes: tuple[tuple[int, ...], tuple[int, ...]], scale: float) -> None:
    operands = [Codes(s, dtype, 0.9, 7) for s in shapes]
    assert_exact(Integer(Mul(), operands, Codes((), dtype, scale, 3), version=2), count=5)


def test_width_of_the_factor() -> None:
    # 0.1 * 0.3 / 0.7 in float32 and in float64.
    case = Integer(Mul(), [Codes((4,), "int8", 0.1), Codes((4,), "int8", 0.3)], Codes((), "int8", 0.7), version=2)
    found = {}
    for profile in ("litert-reference", "tflm-reference", "gemmlowp", "litert-xnnpack"):
        (record,) = Exact(case.model(), profile).records.values()
        found[profile] = (record.requantize.rule, float(record.requantize.factor[0]))
    one, three, seven = map(np.float32, (0.1, 0.3, 0.7))
    narrow, wide = float(one * three / seven), float(one) * float(three) / float(seven)
    assert narrow != wide
    assert found == {
        "litert-reference": ("double-away", narrow),
        "tflm-reference": ("double-away", wide),
        "gemmlowp": ("double-away", narrow),
        "litert-xnnpack": ("float32-even", narrow),
    }
