import pytest

from case import Case, Input
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.complex_parts import ComplexAbs, Imag, Real

CASES = [
    Case(part(), [Input((2, 3), dtype)])
    for part in (Real, Imag, ComplexAbs)
    for dtype in (DType.COMPLEX64, DType.COMPLEX128)
]


def test_takes_complex_numbers() -> None:
    with pytest.raises(ModelError, match="input is float32; expected complex64 or complex128") as caught:
        Case(Real(), [(2, 3)]).model()
    assert caught.value.code == "E202"
