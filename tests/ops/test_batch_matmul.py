import pytest

from case import Case, weights
from intact.errors import ModelError
from intact.ops.batch_matmul import BatchMatMul

CASES = [
    Case(BatchMatMul(), [(3, 4), (4, 5)]),
    Case(BatchMatMul(), [(2, 3, 4), (2, 4, 5)]),
    Case(BatchMatMul(adj_y=True), [(2, 3, 4), (2, 5, 4)]),
    Case(BatchMatMul(adj_x=True), [(2, 4, 3), (2, 4, 5)]),
    Case(BatchMatMul(), [(2, 1, 3, 4), (7, 4, 5)]),
    Case(BatchMatMul(), [(2, 3, 4), weights(4, 5)]),
    Case(BatchMatMul(adj_y=True), [(1, 2, 2, 3, 4), weights(2, 5, 4)]),
]


def test_inner_dimensions_must_match() -> None:
    with pytest.raises(
        ModelError, match=r"x \[3, 4\] gives 4 numbers a product, y \[5, 4\] takes 5; expected equal inner"
    ):
        Case(BatchMatMul(), [(3, 4), (5, 4)]).model()


def test_batches_must_broadcast() -> None:
    with pytest.raises(ModelError, match=r"shapes \[\[2\], \[3\]\] do not broadcast"):
        Case(BatchMatMul(), [(2, 3, 4), (3, 4, 5)]).model()


def test_vectors_are_no_matrices() -> None:
    with pytest.raises(ModelError, match=r"y has shape \[4\]; expected 2 or 3 or 4 or 5 dimensions"):
        Case(BatchMatMul(), [(3, 4), (4,)]).model()
