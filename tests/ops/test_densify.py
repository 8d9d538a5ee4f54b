import numpy as np
import pytest

from case import Case, weights
from intact.diagnose.certify import certify
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.types import QuantParams, SparseDim, Sparsity, TensorType
from intact.ops.concatenation import Concatenation
from intact.ops.densify import Densify
from integer import PROFILES

CASES: list[Case] = []  # LiteRT takes sparse constants only, which a Case cannot write down


def test_keeps_shape_and_type() -> None:
    sparse = Value.constant("w", weights(4, 4))
    sparse.sparsity = Sparsity((0, 1), dims=(SparseDim(False, 4), SparseDim(False, 4)))
    (result,) = Densify().infer(sparse)
    assert (result.shape, result.dtype) == (sparse.shape, sparse.dtype)


def sparse(dtype: str) -> Model:
    """out = what DENSIFY makes of a matrix whose second dimension is compressed, next to an input."""
    dense = np.zeros((4, 6), dtype)
    dense[0, 1], dense[0, 5], dense[2, 0], dense[3, 3] = 3, -2, 7, 1
    rows = SparseDim(False, 4)
    columns = SparseDim(True, 0, ("int32", (0, 2, 2, 3, 4)), ("int32", (1, 5, 0, 3)))
    graph = Graph()
    w = graph.add_value(Value.constant("w", dense[dense != 0]))
    w.type = TensorType(w.dtype, (4, 6), quant=QuantParams.per_tensor(0.1, 0) if dtype == "int8" else None)
    w.sparsity = Sparsity((0, 1), dims=(rows, columns))
    x = graph.add_value(Value("x", w.type))
    graph.inputs = [x]
    made = graph.add_value(Value("made", w.type))
    graph.add_node(Node(Densify(), [w], [made]))
    y = graph.add_value(Value("y", TensorType(w.dtype, (8, 6), quant=w.quant)))
    graph.add_node(Node(Concatenation(), [x, made], [y], version=2))
    graph.outputs = [y]
    return Model(graphs=[graph])


@pytest.mark.parametrize("dtype", ["int8", "float32"])
@pytest.mark.parametrize("profile", PROFILES)
def test_zeros_in_place(dtype: str, profile: str) -> None:
    found = certify(sparse(dtype), profile, count=2)
    assert found.gaps == []
    assert found.on_litert == found.differing == 0
    assert found.values >= 2 * 48
