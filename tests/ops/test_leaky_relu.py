import pytest
from hypothesis import strategies as st

from case import Case
from drawn import codes, scales
from intact.ops.leaky_relu import LeakyRelu
from integer import Codes, Integer, assert_exact
from pairs import SHAPES, result

CASES = [
    Case(LeakyRelu(alpha=0.2), [(2, 5, 6, 3)]),
    Case(LeakyRelu(alpha=0.0), [(2, 5, 6, 3)]),
    Case(LeakyRelu(alpha=-0.5), [(4, 7)]),
    Case(LeakyRelu(alpha=1.5), [(4, 7)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(codes(draw(SHAPES), dtype))
    y = draw(result(dtype, x.scale * draw(st.one_of(st.just(1.0), scales(0.2, 2.0), scales(1e-3, 1e3)))))
    alpha = draw(st.one_of(st.sampled_from([0.1, 0.2, 0.3, 0.01, 0.0]), st.floats(-3.0, 3.0, width=32)))
    return Integer(LeakyRelu(alpha=alpha), [x], y, version=2)


INTEGERS = [(f"LEAKY_RELU-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_ties_of_a_negative_slope(dtype: str) -> None:
    x = Codes((500,), dtype, 0.01, 0 if dtype == "int16" else 100)
    for alpha in (-0.5, -1.5, -0.25):
        assert_exact(Integer(LeakyRelu(alpha=alpha), [x], Codes((), dtype, 0.01), version=2))
