import numpy as np
import pytest

from case import Case, Input, ints, weights
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.embedding_lookup import EmbeddingLookup

CASES = [
    Case(EmbeddingLookup(), [Input((5,), DType.INT32, 0, 10), weights(10, 8)]),
    Case(EmbeddingLookup(), [Input((3,), DType.INT32, 0, 10), weights(10, 2, 4)]),
    Case(EmbeddingLookup(), [Input((3,), DType.INT32, 0, 10), np.arange(40, dtype=np.int32).reshape(10, 4)]),
]


def test_a_table_has_rows() -> None:
    with pytest.raises(ModelError, match=r"value has shape \[10\]; expected 2 or more dimensions"):
        Case(EmbeddingLookup(), [ints(1), weights(10)]).model()
