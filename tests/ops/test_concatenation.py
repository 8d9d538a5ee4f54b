from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, refusal, weights
from drawn import SEEDS, codes
from intact.arith.profile import Profile
from intact.engines.exact import Exact
from intact.errors import UncoveredError
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.concatenation import Concatenation
from integer import Codes, Constant, Integer, assert_exact
from moved import TYPES, like, operands, shapes

CASES = [
    Case(Concatenation(axis=3), [(1, 4, 4, 2), (1, 4, 4, 3)]),
    Case(Concatenation(axis=-1), [(2, 3), (2, 3), (2, 1)]),
    Case(Concatenation(axis=0), [(2, 3), weights(1, 3)]),
    Case(Concatenation(axis=1), [(2, 3)]),
    # The narrow operand is stored with the scale of the result, as the int8 kernel wants it.
    Case(Concatenation(axis=1), [Input((2, 8), low=-4, high=4), Input((2, 8), low=-0.5, high=0.5)]),
    Case(Concatenation(axis=0), [Input((2,), DType.INT32), Input((3,), DType.INT32)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, scales: str = "one") -> Integer:
    shape, count = list(draw(shapes(1, 4))), draw(st.integers(1, 6))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    x = draw(operands(tuple(shape), dtype))
    y = like(x)
    parts: list[Codes | Constant] = []
    for _ in range(count):
        shape[axis] = draw(st.integers(1, 4))
        if scales == "several":
            parts.append(draw(codes(tuple(shape), dtype)))
            y = draw(codes((), dtype))
        else:
            parts.append(replace(x, shape=tuple(shape)))
    if draw(st.booleans()):
        rng = np.random.default_rng(draw(SEEDS))
        parts.append(Constant(parts[0].draw(rng), parts[0].scale, parts[0].zero_point))
    return Integer(Concatenation(axis=axis), parts, y)


INTEGERS = [
    *((f"CONCATENATION-{dtype}", integers(dtype)) for dtype in TYPES),
    ("CONCATENATION-uint8-rescaled", integers("uint8", "several")),
    ("CONCATENATION-int16-scales-differ", integers("int16", "several")),
]


def test_refuses_operands_that_do_not_line_up() -> None:
    assert (
        refusal(Concatenation(axis=1), (2, 3), (3, 3))
        == "operands have shapes [[2, 3], [3, 3]]; expected equal sizes in every dimension but 1. [E201]"
    )
    assert refusal(Concatenation(axis=2), (2, 3)) == "axis is 2; expected -2 <= axis < 2. [E207]"
    assert (
        refusal(Concatenation(), (2,), Input((2,), DType.INT32))
        == "operands have types float32, int32; expected one type. [E202]"
    )


def test_refuses_missing_operands() -> None:
    assert refusal(Concatenation(), (2,), None) == "1 of 2 operands are there; expected all of them. [E203]"
    assert refusal(Concatenation()) == "0 of 0 operands are there; expected all of them. [E203]"


def test_kernels_know_no_fused_activation() -> None:
    op = Concatenation(fused_activation_function=FusedActivation.RELU)
    assert refusal(op, (2,), (2,)) == "fused activation is RELU; expected NONE. [E207]"


def test_a_rescaled_operand_by_hand() -> None:
    # factor = 0.5 * (1 / 0.25) = 2, so 10 stands for 2 * (10 - 4) + 7; halves go away from zero.
    x, y = Codes((1,), "uint8", 0.5, 4, low=10, high=10), Codes((), "uint8", 0.25, 7)
    case = Integer(Concatenation(), [x, Codes((1,), "uint8", 0.25, 7, low=200, high=200)], y)
    (sample,) = case.samples(1)
    assert Exact(case.model()).run(sample)["y0"].tolist() == [19, 200]
    assert_exact(case)


def test_no_rule_no_rescaling() -> None:
    case = Integer(Concatenation(), [Codes((1,), "uint8", 0.5, 4)], Codes((), "uint8", 0.25, 7))
    with pytest.raises(UncoveredError, match="profile mine has no rule for CONCATENATION of uint8"):
        Exact(case.model(), Profile("mine"))
