from dataclasses import replace

import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, every_code
from intact.engines.exact import Exact
from intact.errors import EngineError
from intact.ops.logistic import Logistic
from integer import PROFILES, Codes, Integer, assert_exact, certified

CASES = [
    Case(Logistic(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(Logistic(), [(4, 7)]),
    Case(Logistic(), [()]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(every_code(dtype, 1e-4, 2.0))
    if dtype == "int16" and draw(st.booleans()):
        x = replace(x, scale=2.0 ** draw(st.integers(-15, -8)) * (1 + draw(st.sampled_from([0, 3e-4, -3e-4, 2e-3]))))
    y = (
        Codes((), dtype, 1 / 32768, 0)
        if dtype == "int16"
        else Codes((), dtype, 1 / 256, -128 if dtype == "int8" else 0)
    )
    return Integer(Logistic(), [x], y, version=3)


@st.composite
def any_result(draw: st.DrawFn, dtype: str) -> Integer:
    return Integer(Logistic(), [draw(every_code(dtype, 1e-4, 20.0))], draw(codes((), dtype, 1e-3, 1.0)), version=3)


INTEGERS = [
    *((f"LOGISTIC-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")),
    # XNNPACK takes the operator before LiteRT's kernel looks at the result's scale.
    ("LOGISTIC-int8-any-result", any_result("int8"), "litert-xnnpack"),
    ("LOGISTIC-uint8-any-result", any_result("uint8"), "litert-xnnpack"),
]


def test_a_scale_that_kernels_refuse() -> None:
    case = Integer(Logistic(), [Codes((4,), "int8", 0.05, -3)], Codes((), "int8", 0.01, 0), version=2)
    gaps = Exact(case.model(), strict=False).gaps
    assert gaps[0].why == "LOGISTIC to scale 0.01 and zero point 0; its kernels take 0.00390625 only"
    with pytest.raises(EngineError):
        certified(case, "litert-reference")


@pytest.mark.parametrize("zero_point", [0, 100])
def test_8_bit_zero_points_are_free(zero_point: int) -> None:
    assert_exact(Integer(Logistic(), [Codes((256,), "int8", 0.05, -3)], Codes((), "int8", 1 / 256, zero_point), 2))


@pytest.mark.parametrize(
    ("scale", "zero_point", "code"), [(0.0020199688151478767, -18, 79), (0.021065603941679, 49, 94)]
)
def test_where_xnnpack_s_table_differs(scale: float, zero_point: int, code: int) -> None:
    x = Codes((4,), "int8", scale, zero_point, low=code, high=code)
    case = Integer(Logistic(), [x], Codes((), "int8", 1 / 256, -128), version=2)
    assert_exact(case)
    found = [Exact(case.model(), profile).run(case.samples(1)[0])["y0"][0] for profile in PROFILES]
    assert found[0] == found[1] == found[2] + 1
