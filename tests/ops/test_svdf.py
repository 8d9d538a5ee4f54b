import pytest

from case import Case, State, weights
from intact.errors import ModelError
from intact.ops.svdf import Svdf

CASES = [
    Case(Svdf(rank=2), [(3, 4), weights(8, 4), weights(8, 5), weights(4), State((3, 40))]),
    Case(Svdf(rank=1), [(3, 4), weights(8, 4), weights(8, 5), None, State((3, 40))]),
]


def test_rank_divides_the_filters() -> None:
    with pytest.raises(ModelError, match="rank is 3, filters 8; expected filters % rank == 0"):
        Case(Svdf(rank=3), [(3, 4), weights(8, 4), weights(8, 5), None, State((3, 40))]).model()


def test_state_has_room_for_the_past() -> None:
    with pytest.raises(ModelError, match=r"activation_state has shape \[3, 39\]; expected shape \[3, 40\]"):
        Case(Svdf(rank=2), [(3, 4), weights(8, 4), weights(8, 5), None, State((3, 39))]).model()


def test_state_is_needed() -> None:
    with pytest.raises(ModelError, match="operand 'activation_state' of SVDF is omitted") as caught:
        Case(Svdf(rank=2), [(3, 4), weights(8, 4), weights(8, 5), None]).model()
    assert caught.value.code == "E203"
