import pytest

from case import Case
from intact.errors import ModelError
from intact.ops.atan2 import Atan2

CASES = [
    Case(Atan2(), [(2, 5, 3), (2, 5, 3)]),
    Case(Atan2(), [(7,), (7,)]),
]


def test_nothing_is_broadcast() -> None:
    with pytest.raises(ModelError, match=r"y has shape \[2, 3\], x \[3\]; expected equal shapes") as caught:
        Case(Atan2(), [(2, 3), (3,)]).model()
    assert caught.value.code == "E201"
