import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import codes, scales
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.prelu import PRelu
from integer import Integer
from pairs import operand, result

CASES = [
    Case(PRelu(), [(2, 5, 6, 3), weights(1, 1, 3)]),
    Case(PRelu(), [(2, 5, 6, 3), np.full(3, 0.25, np.float32)]),
    Case(PRelu(), [(2, 5, 6, 3), np.zeros((1, 1, 3), np.float32)]),
    Case(PRelu(), [(4, 7), weights(7)]),
    Case(PRelu(), [(4, 7), Input((4, 7), low=0, high=0.4)]),
    Case(PRelu(), [(2, 2, 3, 2, 4), weights(2, 4)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, alpha_dtype: str) -> Integer:
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple))
    x = draw(codes(shape, dtype))
    slopes = [1 if draw(st.booleans()) else size for size in shape][draw(st.integers(0, len(shape))) :]
    alpha = draw(operand(tuple(slopes), alpha_dtype, draw(scales(1e-4, 0.1)), constant=draw(st.booleans())))
    y = draw(result(dtype, x.scale * draw(st.one_of(st.just(1.0), scales(0.2, 2.0), scales(1e-3, 1e3)))))
    return Integer(PRelu(), [x, alpha], y)


INTEGERS = [
    ("PRELU-int8", integers("int8", "int8")),
    ("PRELU-uint8", integers("uint8", "uint8")),
    ("PRELU-int16", integers("int16", "int16")),
    ("PRELU-int16-int8-alpha", integers("int16", "int8")),
]


def test_alpha_adds_no_dimension() -> None:
    with pytest.raises(
        ModelError, match=r"alpha has shape \[5, 1, 7\], input \[4, 7\]; expected alpha to broadcast"
    ) as caught:
        Case(PRelu(), [(4, 7), weights(5, 1, 7)]).model()
    assert caught.value.code == "E201"


def test_int16_kernel_is_wrong() -> None:
    assert PRelu.quant is not None
    assert DType.INT16 not in PRelu.quant.dtypes
