import pytest
from case import Case, ints

from intact.errors import ModelError
from intact.ops.reshape import Reshape

CASES = [
    Case(Reshape(), [(2, 3, 4), ints(6, -1)]),
    Case(Reshape(new_shape=(4, 6)), [(2, 3, 4)]),
    Case(Reshape(), [(1, 1), ints()]),
]


def test_elements_must_fit() -> None:
    with pytest.raises(ModelError, match="24 elements do not take the shape"):
        Case(Reshape(), [(2, 3, 4), ints(5, -1)]).model()
