import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.strided_slice import StridedSlice
from integer import Codes, Integer, assert_exact
from moved import TYPES, like, operands, shapes, vector

CASES = [
    Case(StridedSlice(), [(1, 8, 8, 3), ints(0, 1, 2, 0), ints(1, 7, 8, 3), ints(1, 2, 3, 1)]),
    Case(StridedSlice(begin_mask=1, end_mask=3), [(4, 5), ints(9, 2), ints(9, 9), ints(1, 2)]),
    Case(StridedSlice(), [(4, 5), ints(-1, 4), ints(-9, 1), ints(-1, -2)]),
    Case(StridedSlice(shrink_axis_mask=1), [(4, 5), ints(-2, 1), ints(0, 3), ints(1, 1)]),
    Case(StridedSlice(shrink_axis_mask=2, begin_mask=1, end_mask=1), [(4, 5), ints(0, 1), ints(0, 2), ints(1, 1)]),
    Case(StridedSlice(), [(4, 5), ints(1), ints(3), ints(1)]),
    # The reference kernels stop at version 4, these masks came with 6 and offset with 8.
    Case(
        StridedSlice(ellipsis_mask=2, shrink_axis_mask=1),
        [(3, 4, 5, 2), ints(1, 0, 0), ints(2, 0, 1), ints(1, 1, 1)],
        version=6,
        resolvers=("default", "optimized"),
    ),
    Case(
        StridedSlice(new_axis_mask=1, ellipsis_mask=2),
        [(3, 4), ints(0, 0, 1), ints(0, 0, 3), ints(1, 1, 1)],
        version=6,
        resolvers=("default", "optimized"),
    ),
    Case(
        StridedSlice(offset=True),
        [(3, 8), ints(1, 2), ints(2, 5), ints(1, 2)],
        version=8,
        resolvers=("default", "optimized"),
    ),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    x = draw(operands(draw(shapes(1, 4)), dtype))
    entries = draw(st.integers(1, len(x.shape)))
    begin, end, strides = [], [], []
    shrink = 0
    for i, size in enumerate(x.shape[:entries]):
        step = draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2]))
        begin.append(draw(st.integers(-size, size - 1)))
        end.append(draw(st.integers(-size - 1, size + 1)))
        if draw(st.integers(0, 4)) == 0:
            # The kernel looks at the end of a shrunk entry no more than NumPy does; XNNPACK takes none.
            shrink |= 1 << i
            step, end[i] = 1, begin[i] + 1
        strides.append(step)
    masks = [draw(st.integers(0, (1 << entries) - 1)) & ~shrink for _ in range(2)]
    op = StridedSlice(begin_mask=masks[0], end_mask=masks[1], shrink_axis_mask=shrink)
    case = Integer(op, [x, vector(begin), vector(end), vector(strides)], like(x))
    assume(all(v.type.size for v in case.model().main.outputs))
    return case


INTEGERS = [(f"STRIDED_SLICE-{dtype}", integers(dtype)) for dtype in TYPES]


def shape(op: StridedSlice, *operands: object) -> tuple[int, ...] | None:
    values = Case(op, [(4, 5), *operands]).model().main.nodes[0].inputs
    return infer(op, values)[0].shape


def test_computed_bounds() -> None:
    computed = Input((2,), DType.INT32)
    assert shape(StridedSlice(), computed, ints(2, 2), ints(1, 1)) is None
    assert shape(StridedSlice(), ints(0, 0), ints(2, 2), computed) is None


def test_an_offset_window_may_start_anywhere() -> None:
    assert shape(StridedSlice(offset=True), Input((2,), DType.INT32), ints(2, 3), ints(1, 2)) == (2, 2)


@pytest.mark.parametrize("bounds", [(3, 1, 1), (1, 3, -1), (9, 12, 1), (-1, -1, 1)])
def test_nothing_is_left(bounds: tuple[int, int, int]) -> None:
    start, stop, step = (np.array([n], np.int32) for n in bounds)
    assert shape(StridedSlice(), start, stop, step) == (0, 5)


def test_refuses_bounds_that_make_no_slice() -> None:
    op = StridedSlice(shrink_axis_mask=1)
    assert refusal(op, (4, 5), ints(0), ints(1), ints(0)) == "strides are [0]; expected none of them 0. [E207]"
    assert refusal(op, (4, 5), ints(0, 0), ints(1), ints(1)) == "end has shape [1]; expected shape [2]. [E201]"
    text = "2 entries and an ellipsis for 2 dimensions; expected one left for the ellipsis. [E207]"
    assert refusal(StridedSlice(ellipsis_mask=1), (4, 5), ints(0, 0, 0), ints(0, 1, 1), ints(1, 1, 1)) == text
    assert "index 4 is out of bounds" in refusal(op, (4, 5), ints(4), ints(5), ints(1))
    assert "too many indices" in refusal(op, (4,), ints(0, 0), ints(1, 1), ints(1, 1))


@pytest.mark.parametrize("profile", ["litert-optimized", "litert-xnnpack"])
@pytest.mark.parametrize("dtype", ["int8", "float32", "int16"])
def test_masks_that_the_reference_kernels_lack(dtype: str, profile: str) -> None:
    x = Codes((3, 4, 5, 2), dtype, None)
    for op, begin, end, strides in [
        (StridedSlice(ellipsis_mask=2, shrink_axis_mask=1), (1, 0, 0), (2, 0, 1), (1, 1, 1)),
        (StridedSlice(ellipsis_mask=1, end_mask=2), (0, 1), (0, 0), (1, 1)),
        (StridedSlice(new_axis_mask=1, ellipsis_mask=2), (0, 0, 1), (0, 0, 2), (1, 1, 1)),
        (StridedSlice(new_axis_mask=2, begin_mask=4), (1, 0, 3), (3, 0, 4), (1, 1, 2)),
        (StridedSlice(new_axis_mask=4, shrink_axis_mask=2), (0, -1, 0), (3, 0, 0), (2, 1, 1)),
    ]:
        case = Integer(op, [x, vector(begin), vector(end), vector(strides)], like(x), version=6)
        assert_exact(case, profile)


@pytest.mark.parametrize("profile", ["litert-optimized", "litert-xnnpack"])
def test_an_end_that_counts_from_the_begin(profile: str) -> None:
    x = Codes((6, 8), "int8", None)
    for begin in ([1, 2], [-4, 3], [2, -5]):
        op = StridedSlice(offset=True)
        assert_exact(Integer(op, [x, vector(begin), vector([2, 4]), vector([1, 2])], like(x), version=8), profile)
        computed = Codes((2,), "int32", None, low=-4, high=-4)
        case = Integer(op, [x, computed, vector([2, 3]), vector([1, 1])], like(x), version=8)
        assert_exact(case, profile)
