from case import Case, weights
from intact.ir.graph import Value
from intact.ir.types import SparseDim, Sparsity
from intact.ops.densify import Densify

CASES: list[Case] = []  # LiteRT takes sparse constants only, which a Case cannot write down


def test_keeps_shape_and_type() -> None:
    sparse = Value.constant("w", weights(4, 4))
    sparse.sparsity = Sparsity((0, 1), dims=(SparseDim(False, 4), SparseDim(False, 4)))
    (result,) = Densify().infer(sparse)
    assert (result.shape, result.dtype) == (sparse.shape, sparse.dtype)
