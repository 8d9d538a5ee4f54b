import numpy as np
import pytest

from case import Case, Input, weights
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.prelu import PRelu

CASES = [
    Case(PRelu(), [(2, 5, 6, 3), weights(1, 1, 3)]),
    Case(PRelu(), [(2, 5, 6, 3), np.full(3, 0.25, np.float32)]),
    Case(PRelu(), [(2, 5, 6, 3), np.zeros((1, 1, 3), np.float32)]),
    Case(PRelu(), [(4, 7), weights(7)]),
    Case(PRelu(), [(4, 7), Input((4, 7), low=0, high=0.4)]),
    Case(PRelu(), [(2, 2, 3, 2, 4), weights(2, 4)]),
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
