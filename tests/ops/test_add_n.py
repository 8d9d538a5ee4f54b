import pytest

from case import Case, Input
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.add_n import AddN

CASES = [
    Case(AddN(), [(2, 3), (2, 3)]),
    Case(AddN(), [(2, 3, 4), (2, 3, 4), (2, 3, 4)]),
    Case(AddN(), [Input((5,), DType.INT32, -9, 9)] * 4),
]


def test_nothing_is_broadcast() -> None:
    with pytest.raises(ModelError, match=r"inputs have shapes \[2, 3\] and \[3\]; expected equal shapes") as caught:
        Case(AddN(), [(2, 3), (2, 3), (3,)]).model()
    assert caught.value.code == "E201"


def test_one_operand_is_too_few() -> None:
    with pytest.raises(ModelError, match="ADD_N has 1 operands; expected 2 or more") as caught:
        Case(AddN(), [(2, 3)]).model()
    assert caught.value.code == "E203"
