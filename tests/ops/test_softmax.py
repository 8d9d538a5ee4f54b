import math

import numpy as np
import pytest

from case import Case, Input
from intact.engines.probe import probe
from intact.ir.text import parse
from intact.ops.softmax import Softmax

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
