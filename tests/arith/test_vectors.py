import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intact.arith.vectors import Stretch, stretch, through_int16


@pytest.mark.parametrize(
    ("shape1", "shape2", "expected"),
    [
        ((), (), Stretch(1, False)),
        ((2, 3, 4), (2, 3, 4), Stretch(24, False)),
        ((3, 4), (1, 3, 4), Stretch(12, False)),
        ((2, 3, 4), (4,), Stretch(4, False)),
        ((4,), (2, 3, 4), Stretch(4, False)),
        ((2, 3, 4), (), Stretch(24, True)),
        ((2, 3, 4), (2, 3, 1), Stretch(4, True)),
        ((2, 1, 4), (2, 3, 1), Stretch(4, True)),
        ((5, 1, 1), (5, 6, 7), Stretch(42, True)),
        ((2, 1, 3, 1), (2, 5, 3, 1), Stretch(3, False)),
        ((1, 2, 1, 3, 1, 4), (5, 2, 6, 3, 7, 4), None),
        ((5, 1, 3, 7), (1, 2, 3, 7), Stretch(21, False)),
        ((2, 1, 3, 1, 2), (1, 4, 1, 5, 2), None),
    ],
)
def test_what_the_inner_loop_runs_over(shape1: tuple, shape2: tuple, expected: Stretch | None) -> None:
    assert stretch(shape1, shape2) == expected


SIZES = st.lists(st.sampled_from([1, 1, 2, 3]), max_size=5)


@given(SIZES, st.data())
def test_a_stretch_is_whole(sizes: list[int], data: st.DataObject) -> None:
    second = [data.draw(st.sampled_from([s, 1])) for s in sizes]
    first = [s if t == s else data.draw(st.sampled_from([s, 1])) for s, t in zip(sizes, second, strict=True)]
    found = stretch(tuple(first), tuple(second))
    shape = np.broadcast_shapes(tuple(first), tuple(second))
    if found is None:
        return
    assert np.prod(shape, dtype=int) % found.length == 0
    # Along a stretch an operand is either one element, or goes on element by element.
    steps = [np.broadcast_to(np.arange(np.prod(s, dtype=int)).reshape(s), shape).reshape(-1) for s in (first, second)]
    rows = [np.diff(s.reshape(-1, found.length), axis=1) for s in steps]
    assert all((r == 1).all() or (r == 0).all() for r in rows)
    assert found.length == 1 or found.repeats == any((r == 0).all() for r in rows)


@given(st.integers(1, 50), st.integers(1, 3), st.sampled_from([8, 16]))
def test_whole_blocks_are_in_vectors(length: int, count: int, block: int) -> None:
    where = Stretch(length, False).ways("vectors", "scalar", block).are_first((count, length))
    assert where.sum(axis=1).tolist() == [length - length % block] * count
    assert where[:, : length - length % block].all()


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-128, 255))
def test_narrowing(number: int, offset: int) -> None:
    def wrapped(whole: int) -> int:
        return (whole + 2**15) % 2**16 - 2**15

    array = np.array([number])
    assert through_int16(array, offset, saturates=False).tolist() == [wrapped(number + offset)]
    narrow = max(min(number, 2**15 - 1), -(2**15))
    assert through_int16(array, offset, saturates=True).tolist() == [wrapped(narrow + offset)]
