import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, weights
from drawn import filters
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.embedding_lookup import EmbeddingLookup
from integer import Codes, Constant, Integer
from moved import TYPES, like, operands, shapes

CASES = [
    Case(EmbeddingLookup(), [Input((5,), DType.INT32, 0, 10), weights(10, 8)]),
    Case(EmbeddingLookup(), [Input((3,), DType.INT32, 0, 10), weights(10, 2, 4)]),
    Case(EmbeddingLookup(), [Input((3,), DType.INT32, 0, 10), np.arange(40, dtype=np.int32).reshape(10, 4)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    table = draw(operands(draw(shapes(2, 4)), dtype))
    lookup = Codes((draw(st.integers(1, 5)),), "int32", None, low=0, high=table.shape[0] - 1)
    return Integer(EmbeddingLookup(), [lookup, table], like(table))


@st.composite
def floats(draw: st.DrawFn, dtype: str) -> Integer:
    shape = draw(shapes(2, 4))
    table = draw(filters(shape, draw(st.sampled_from([None, 0]))))
    if dtype == "uint8":
        # The kernel reads a uint8 table as int8, and refuses a zero point.
        table = Constant(table.array.view(np.uint8), table.scale)
    lookup = Codes((draw(st.integers(1, 5)),), "int32", None, low=0, high=shape[0] - 1)
    return Integer(EmbeddingLookup(), [lookup, table], Codes((), "float32", None))


INTEGERS = [
    *((f"EMBEDDING_LOOKUP-{dtype}", integers(dtype)) for dtype in TYPES),
    ("EMBEDDING_LOOKUP-int8-as-float32", floats("int8")),
    ("EMBEDDING_LOOKUP-uint8-as-float32", floats("uint8")),
]


def test_a_table_has_rows() -> None:
    with pytest.raises(ModelError, match=r"value has shape \[10\]; expected 2 or more dimensions"):
        Case(EmbeddingLookup(), [ints(1), weights(10)]).model()
