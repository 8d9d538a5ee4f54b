import pytest

from case import Case, Input
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.logical import LogicalAnd, LogicalNot, LogicalOr

CASES = [
    case
    for op in (LogicalAnd(), LogicalOr())
    for case in (
        Case(op, [Input((2, 5, 3), DType.BOOL), Input((2, 5, 3), DType.BOOL)]),
        Case(op, [Input((4, 1, 3), DType.BOOL), Input((5, 1), DType.BOOL)]),
    )
] + [Case(LogicalNot(), [Input((2, 5, 3), DType.BOOL)])]


def test_operands_are_bool() -> None:
    with pytest.raises(ModelError, match="input1 is float32; expected bool") as caught:
        Case(LogicalAnd(), [(2, 3), (2, 3)]).model()
    assert caught.value.code == "E202"
