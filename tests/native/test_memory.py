"""What is needed at the same time never shares a byte."""

from hypothesis import given
from hypothesis import strategies as st

from intact.native.memory import layout

ALIGNMENT = 64

LIVES = st.tuples(st.integers(0, 20), st.integers(0, 6)).map(lambda t: (t[0], t[0] + t[1]))
BUFFERS = st.lists(st.tuples(st.integers(0, 5000), LIVES).map(lambda t: (t[0], *t[1])), max_size=30)


def aligned(size: int) -> int:
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


@given(BUFFERS)
def test_no_two_live_buffers_overlap(buffers: list[tuple[int, int, int]]) -> None:
    offsets, arena = layout(buffers)
    for i, (size, first, last) in enumerate(buffers):
        assert offsets[i] % ALIGNMENT == 0
        assert offsets[i] + size <= arena
        for j, (other, start, end) in enumerate(buffers[:i]):
            if start <= last and first <= end and size and other:
                assert offsets[i] + size <= offsets[j] or offsets[j] + other <= offsets[i]


@given(BUFFERS)
def test_the_arena_is_between_what_lives_at_once_and_all(buffers: list[tuple[int, int, int]]) -> None:
    _, arena = layout(buffers)
    steps = {step for _, first, last in buffers for step in (first, last)}
    at_once = [sum(aligned(size) for size, first, last in buffers if first <= step <= last) for step in steps]
    assert arena % ALIGNMENT == 0
    assert max(at_once, default=0) <= arena <= sum(aligned(size) for size, *_ in buffers)


@given(BUFFERS)
def test_the_same_buffers_lie_at_the_same_places(buffers: list[tuple[int, int, int]]) -> None:
    assert layout(buffers) == layout(list(buffers))


def test_a_chain_takes_turns() -> None:
    assert layout([(100, i, i + 1) for i in range(50)])[1] == 2 * 128
    assert layout([]) == ([], 0)
    assert layout([(0, 0, 9), (1, 0, 9), (0, 3, 4)])[1] == 64
