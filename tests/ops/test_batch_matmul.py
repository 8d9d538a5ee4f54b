from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, weights
from drawn import SEEDS, codes, outputs
from intact.engines.exact import Exact
from intact.errors import ModelError
from intact.ops.batch_matmul import BatchMatMul
from integer import Codes, Constant, Integer, assert_exact, weights8

CASES = [
    Case(BatchMatMul(), [(3, 4), (4, 5)]),
    Case(BatchMatMul(), [(2, 3, 4), (2, 4, 5)]),
    Case(BatchMatMul(adj_y=True), [(2, 3, 4), (2, 5, 4)]),
    Case(BatchMatMul(adj_x=True), [(2, 4, 3), (2, 4, 5)]),
    Case(BatchMatMul(), [(2, 1, 3, 4), (7, 4, 5)]),
    Case(BatchMatMul(), [(2, 3, 4), weights(4, 5)]),
    Case(BatchMatMul(adj_y=True), [(1, 2, 2, 3, 4), weights(2, 5, 4)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, y_dtype: str) -> Integer:
    rows, depth, columns = draw(st.tuples(st.integers(1, 9), st.integers(1, 40), st.integers(1, 9)))
    batches = draw(st.sampled_from([((), ()), ((2,), (2,)), ((2, 1), (3,)), ((1, 2), (1,)), ((), (2,)), ((2, 3), ())]))
    op = BatchMatMul(adj_x=draw(st.booleans()), adj_y=draw(st.booleans()))
    x = draw(codes((*batches[0], *((depth, rows) if op.adj_x else (rows, depth))), dtype))
    size = (*batches[1], *((columns, depth) if op.adj_y else (depth, columns)))
    y = draw(codes(size, y_dtype))
    if dtype == "int16" or draw(st.booleans()):
        y = replace(y, zero_point=0)
    result = draw(outputs(depth, x, y))
    if draw(st.booleans()):
        array = y.draw(np.random.default_rng(draw(SEEDS)))
        several = draw(st.integers(0, 3)) == 0
        axis = len(size) - (2 if op.adj_y else 1)
        y = Constant(array, [y.scale] * size[axis] if several else y.scale, 0 if several else y.zero_point, axis)
    return Integer(op, [x, y], result, version=4)


INTEGERS = [
    ("BATCH_MATMUL-int8", integers("int8", "int8")),
    ("BATCH_MATMUL-int16", integers("int16", "int16")),
    ("BATCH_MATMUL-int16-int8", integers("int16", "int8")),
]


def test_a_scale_a_channel_makes_the_zero_point_of_everything() -> None:
    y = weights8(4, 5, axis=1)
    case = Integer(BatchMatMul(), [Codes((3, 4), "int8", 0.02, 3), y], Codes((), "int8", 0.05, -5), version=2)
    assert_exact(case)
    assert set(Exact(case.model()).run(case.samples(1)[0])["y0"].flat) == {-5}


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
