import pytest

from case import Case, Input, ints
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.rfft2d import Rfft2D

CASES = [
    Case(Rfft2D(), [(2, 4, 8), ints(4, 8)]),
    Case(Rfft2D(), [(3, 5), ints(4, 4)]),
]


def test_lengths_are_powers_of_two() -> None:
    with pytest.raises(ModelError, match=r"fft_length is \[4, 6\]; expected two powers of two") as caught:
        Case(Rfft2D(), [(4, 6), ints(4, 6)]).model()
    assert caught.value.code == "E207"


def test_computed_lengths() -> None:
    model = Case(Rfft2D(), [(4, 8), Input((2,), DType.INT32)]).model()
    assert Rfft2D().infer(*model.main.nodes[0].inputs)[0].shape is None
