from case import Case, Input, refusal
from intact.ops.matrix_diag import MatrixDiag, MatrixSetDiag

CASES = [
    Case(MatrixDiag(), [(2, 3)]),
    Case(MatrixSetDiag(), [(2, 3, 3), (2, 3)]),
    Case(MatrixSetDiag(), [(4, 3), Input((3,), low=-0.5, high=0.5)]),
    Case(MatrixSetDiag(), [(2, 5), (2,)]),
]


def test_refuses_what_is_no_diagonal() -> None:
    assert refusal(MatrixSetDiag(), (4, 3), (4,)) == "diagonal has shape [4]; expected shape [3]. [E201]"
    assert refusal(MatrixSetDiag(), (4,), (4,)) == "input has shape [4]; expected 2 or more dimensions. [E201]"
    assert refusal(MatrixDiag(), ()) == "diagonal has shape []; expected 1 or more dimensions. [E201]"
