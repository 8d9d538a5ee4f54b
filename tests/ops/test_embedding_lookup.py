import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, weights
from drawn import filters
from intact.arith.profile import load
from intact.errors import ModelError, UncoveredError
from intact.ir.site import Site
from intact.ir.types import DType
from intact.ops.embedding_lookup import EmbeddingLookup
from integer import Codes, Constant, Integer, assert_exact
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


@pytest.mark.parametrize("made", ["float32", "float16"])
@pytest.mark.parametrize("dtype", ["int8", "int4"])
def test_rows_read_as_floats(dtype: str, made: str) -> None:
    rng = np.random.default_rng(0)
    lookup = Codes((6,), "int32", None, low=0, high=8)
    for columns, scale in [(8, 0.013), (6, rng.uniform(0.001, 0.1, 9))]:
        codes = rng.integers(-8, 8, (9, columns)).astype(np.int8)
        table = Constant(codes, scale, dtype=dtype if dtype == "int4" else None)
        assert_exact(Integer(EmbeddingLookup(), [lookup, table], Codes((), made, None), version=4))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (Codes((9, 4), "int16", 0.1), "no kernel reads int16 rows as float32"),
        (Codes((9, 4), "int8", None), "the table has no scale"),
    ],
)
def test_what_no_kernel_reads(table: Codes, said: str) -> None:
    case = Integer(EmbeddingLookup(), [Codes((6,), "int32", None), table], Codes((), "float32", None))
    (node,) = case.model().main.nodes
    with pytest.raises(UncoveredError, match=said):
        node.op.prepare(Site(load("litert-reference"), tuple(v.type for v in node.outputs)), *node.inputs)
