import math

import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import codes
from intact.engines.exact import Exact
from intact.engines.probe import probe
from intact.errors import EngineError
from intact.ir.text import parse
from intact.ops.softmax import Softmax
from integer import Codes, Integer
from kernels import assert_same

CASES = [
    Case(Softmax(beta=1.0), [(4, 10)]),
    Case(Softmax(beta=0.5), [Input((2, 3, 5), low=-6, high=7)]),
    Case(Softmax(beta=1.0), [(8,)]),
    Case(Softmax(beta=1.0), [(2, 1, 3, 2, 4)]),
]


def test_result_type_is_the_choice_of_the_file() -> None:
    assert Softmax.infers == "shapes"  # int8 to int16 is a kernel of its own


@pytest.mark.parametrize("beta", [0.0, -1.0, 2.0**-6, math.inf, math.nan])
def test_betas_without_integer_kernels(beta) -> None:
    assert Case(Softmax(beta=beta), [(4, 10)]).unfit() == f"beta is {beta:g}"


def test_kernels_live_with_the_smallest_beta_and_input_scale() -> None:
    assert Softmax.quant is not None
    beta, scale = 2.0**-5, Softmax.quant.input_floor
    assert Case(Softmax(beta=beta), [(4, 10)]).unfit() is None
    model = parse(
        f"graph main(%x: int8[1,4] <scale={scale!r}, zero_point=0>) -> (%y) {{"
        f"%y: int8[1,4] <scale=0.00390625, zero_point=-128> = SOFTMAX(%x) {{beta={beta!r}}} }}"
    )
    probe(model, {"x": np.zeros((1, 4), np.int8)}, resolver="reference")


@st.composite
def integers(draw: st.DrawFn, dtype: str, result: str) -> Integer:
    shape = draw(st.sampled_from([(1, 1), (7,), (40, 10), (3, 5, 33), (2, 1, 3, 2, 21), (2, 300)]))
    op = Softmax(beta=draw(st.sampled_from([1.0, 1.0, 0.5, 0.03125, 2.75])))
    x = draw(codes(shape, dtype, 1e-5, 3.0))
    if result == "int16":
        y = Codes((), "int16", 1 / 32768, 0) if dtype == "int16" else Codes((), "int16", 1 / 65536, -32768)
    elif dtype == "int8":
        y = Codes((), dtype, 1 / 256, -128)
    else:
        # LiteRT checks neither of uint8. Its reference kernel uses neither, the optimized one the scale.
        y = draw(codes((), dtype, 1e-3, 0.1))
    # With 2 * 300 numbers a sum stays below 512.
    return Integer(op, [x], y, version=3 if dtype == "int16" else 2)


INTEGERS = [
    ("SOFTMAX-int8", integers("int8", "int8")),
    ("SOFTMAX-uint8", integers("uint8", "uint8")),
    ("SOFTMAX-int8-to-int16", integers("int8", "int16")),
    ("SOFTMAX-uint8-to-int16", integers("uint8", "int16")),
    ("SOFTMAX-int16", integers("int16", "int16")),
]


def test_a_sum_of_512_is_what_the_reference_kernel_dies_of() -> None:
    x = Codes((1, 512), "int8", 0.1, 0, low=3, high=3)
    case = Integer(Softmax(beta=1.0), [x], Codes((), "int8", 1 / 256, -128), version=2)
    with pytest.raises(EngineError, match="exponentials sum to 512 or more in a row"):
        Exact(case.model()).run(case.samples(1)[0])
    with pytest.raises(EngineError) as caught:
        probe(case.model(), case.samples(1)[0], resolver="reference")
    assert caught.value.code == "E503"


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized", "litert-xnnpack"])
@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_rows_of_more_numbers_than_there_are_differences(dtype: str, profile: str) -> None:
    y = Codes((), dtype, 1 / 256, -128 if dtype == "int8" else 0)
    for x in (Codes((3, 1001), dtype, 0.05), Codes((1, 9000), dtype, 1.0)):
        case = Integer(Softmax(beta=1.0), [x], y, version=2)
        assert_same(case.model(), profile, case.samples(1))


def test_the_row_that_sums_to_512_is_refused_among_others_as_numpy_refuses_it() -> None:
    case = Integer(Softmax(beta=1.0), [Codes((9, 700), "int8", 0.1)], Codes((), "int8", 1 / 256, -128), version=2)
    x = case.samples(1)[0]["x0"]
    engine = Exact(case.model())
    assert engine.run({"x0": x})["y0"].shape == (9, 700)
    x[7] = 3
    with pytest.raises(EngineError, match="exponentials sum to 512 or more in a row"):
        engine.run({"x0": x})
